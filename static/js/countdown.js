// Counts a hold down by the server's clock, says three times what is left, and asks for more time without leaving the page.

import { announce } from "./announce.js";

const SAID_AT = [120, 60, 20]; // seconds; the last two are in time to ask for more
const LOOKS_SOON = 60;

export function watchHolds(root = document) {
  for (const strip of root.querySelectorAll("[data-countdown]")) watch(strip);
}

function watch(strip) {
  const { until, now, wordsLeft, wordsOver } = strip.dataset;
  const total = Date.parse(until) - Date.parse(now);
  const end = performance.now() + total;
  const place = strip.querySelector("[data-left]");
  const unsaid = SAID_AT.filter((seconds) => seconds * 1000 < total);
  if (unsaid.length === 0) unsaid.push(SAID_AT.at(-1)); // too short to wait with it

  const timer = setInterval(tick, 1000);
  tick();
  strip.querySelector("[data-extend]")?.addEventListener("click", askForMore);

  function tick() {
    if ("locked" in document.documentElement.dataset) return undefined; // the page is put aside, and comes back
    if (!strip.isConnected) return clearInterval(timer);
    const left = end - performance.now();
    if (left <= 0) return over();
    place.textContent = wordsLeft.replace("{left}", minutesAndSeconds(left));
    strip.classList.toggle("soon", left <= LOOKS_SOON * 1000);
    say(left);
    return undefined;
  }

  // A page that slept says only the last of what it missed.
  function say(left) {
    let due;
    while (unsaid.length && left <= unsaid[0] * 1000) due = unsaid.shift();
    const words = due && strip.getAttribute(`data-words-${due}`);
    if (words) announce(words);
  }

  function over() {
    clearInterval(timer);
    strip.classList.replace("warn", "bad");
    strip.querySelector(".notice-text").textContent = wordsOver;
    announce(wordsOver);
    strip.dispatchEvent(new Event("over", { bubbles: true }));
  }

  async function askForMore(event) {
    event.preventDefault();
    const button = event.currentTarget;
    const answer = await send(button).catch(() => null);
    const renewed = answer && answer.querySelector("[data-countdown]");
    if (!renewed) return button.form.requestSubmit(button);
    clearInterval(timer);
    strip.replaceWith(renewed);
    watch(renewed);
    (renewed.querySelector("[data-extend]") || renewed).focus();
    return announce(renewed.querySelector("p").textContent.trim());
  }
}

async function send(button) {
  const response = await fetch(button.formAction, {
    method: "POST",
    body: new FormData(button.form),
    headers: { "X-Fragment": "1" },
  });
  return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
}

function minutesAndSeconds(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

watchHolds();
