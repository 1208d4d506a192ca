// The banner that says since when the server has not been heard, or that somebody has to sign in again.

import { announce } from "./announce.js";

const words = document.querySelector("[data-live-words]")?.dataset;
const banner = document.querySelector("[data-connection]");
let heardAt = new Date();
let shown = "";

export function noted() {
  if (!shown) heardAt = new Date();
}

export function heard() {
  heardAt = new Date();
  if (!shown) return;
  shown = "";
  banner.replaceChildren();
  announce(words.back);
}

export function lost() {
  if (shown === "lost") return;
  shown = "lost";
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short", timeZone: words.zone });
  banner.replaceChildren(line(words.lost.replace("{time}", time.format(heardAt))));
}

export function signedOut() {
  if (shown === "out") return;
  shown = "out";
  const link = document.createElement("a");
  link.href = words.signIn;
  link.textContent = words.signInWords;
  const said = line(words.signedOut);
  said.append(" ", link);
  banner.replaceChildren(said);
}

export function isLost() {
  return shown !== "";
}

function line(text) {
  const said = document.createElement("p");
  said.textContent = text;
  return said;
}
