// Keeps the region that carries data-version true: asks for it every few seconds, or hears from the stream that it has
// changed. A script that must not be disturbed (a drag, a move by keys) sets data-still on any element meanwhile; after
// each change the layout fires "drawn", as it does when the desk draws the day by itself.

import { announce } from "./announce.js";
import { setClock } from "./clockwork.js";
import { heard, isLost, lost, noted, signedOut } from "./connection.js";
import { meetsLock } from "./lock.js";
import { morph } from "./morph.js";
import { stream } from "./stream.js";

const EVERY = 4_500;
const LONGEST = 5_500; // a banner within ten seconds leaves no more between two questions
const BESIDE_STREAM = 60_000;
const PATIENCE = 4_000;
const BETWEEN_WORDS = 10_000;
const BETWEEN_CHANGES = 1_000;

const words = document.querySelector("[data-live-words]")?.dataset;
const news = stream({ hear, deaf: () => ask() });
let timer = 0;
let asking = false;
let failures = 0;
let took = 0;
let endedAt = -BETWEEN_CHANGES;
let saidAt = -BETWEEN_WORDS;
let toSay = 0;
let told = "";

if (words && region()) {
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("desk:refresh", wake); // the page was put aside by the lock, and asked nothing meanwhile
  addEventListener("online", wake);
  addEventListener("offline", () => { lost(); wake(); });
  addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  news.listen(region().dataset.stream, region().dataset.url);
  if (isKept()) ask();
  else plan();
}

// Did the browser keep this page from an earlier look? Then it does not know what time it is.
function isKept() {
  const [came] = performance.getEntriesByType("navigation");
  return came?.type === "back_forward" || came?.transferSize < came?.encodedBodySize;
}

function region() {
  return document.querySelector("[data-version]");
}

function wake() {
  clearTimeout(timer);
  if (document.hidden) return news.rest();
  return ask();
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(ask, pause());
}

// A server that takes its time is asked less often; one that does not answer is asked again soon.
function pause() {
  if (failures) return Math.min(1_000 * failures, EVERY);
  if (news.works()) return BESIDE_STREAM;
  return Math.min(Math.max(EVERY + Math.random() * 300, 4 * took), LONGEST);
}

function hear(version) {
  noted();
  told = version || told;
  if (isLost()) ask();
  else if (version && version !== region()?.dataset.version) soon();
}

// Many desks hear of a change at the same moment; they do not all ask at once, and none of them twice a second.
function soon() {
  if (asking) return;
  const rest = endedAt + Math.max(BETWEEN_CHANGES, 4 * took) - performance.now();
  clearTimeout(timer);
  timer = setTimeout(ask, Math.max(0, rest) + Math.random() * 200);
}

async function ask() {
  const old = region();
  if (asking || !old || document.hidden) return;
  clearTimeout(timer);
  asking = true;
  const began = performance.now();
  const { tag, url } = old.dataset;
  const toldBefore = told;
  let placed = true;
  try {
    placed = !isStill() && place(await answer(url, tag), tag);
  } catch (error) {
    missed(error);
  }
  endedAt = performance.now();
  took = endedAt - began;
  asking = false;
  plan();
  const now = region();
  if (!now) return;
  if (!placed || (told !== toldBefore && told !== now.dataset.version)) soon();
  news.listen(now.dataset.stream, now.dataset.url);
}

// The new region, or null when nothing has changed.
async function answer(url, tag) {
  const response = await fetch(url, {
    headers: { "X-Fragment": "1", "X-Live": "1", "X-Background": "1", "If-None-Match": tag },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (meetsLock(response)) return null;
  setClock(response);
  if (response.status >= 500) throw new Error(String(response.status));
  if (response.type === "opaqueredirect") {
    signedOut();
    return null;
  }
  const text = await response.text();
  failures = 0;
  heard();
  if (response.status !== 200) return null;
  return new DOMParser().parseFromString(text, "text/html").querySelector("[data-version]");
}

// Whether that is settled: what was drawn by somebody else meanwhile, or must not be disturbed, is asked for again.
function place(fresh, tag) {
  if (!fresh) return true;
  const old = region();
  if (!old || old.dataset.tag !== tag || isStill()) return false;
  if (wordsOf(old) !== wordsOf(fresh)) say();
  morph(old, fresh);
  document.querySelector("[data-live]").dispatchEvent(new Event("drawn"));
  return true;
}

// But for what a script writes into it.
function wordsOf(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("[data-held-until], [data-messages]").forEach((one) => one.remove());
  return copy.textContent.replace(/\s+/g, " ");
}

function isStill() {
  return Boolean(document.querySelector("[data-still], [data-live][aria-busy=true]"));
}

function missed(error) {
  failures += 1;
  if (failures > 1 || error.name === "TimeoutError" || !navigator.onLine) lost();
}

function say() {
  if (toSay) return;
  toSay = setTimeout(() => {
    toSay = 0;
    saidAt = performance.now();
    announce(words.changed);
  }, Math.max(0, saidAt + BETWEEN_WORDS - performance.now()));
}
