// Counts a hold down by the server's clock, warns in time, and asks for more time without leaving the page.

import { announce } from "./announce.js";

const WARN_SECONDS = 60;

export function watchHolds(root = document) {
  for (const strip of root.querySelectorAll("[data-countdown]")) watch(strip);
}

function watch(strip) {
  const { until, now, wordsLeft, wordsSoon, wordsOver } = strip.dataset;
  const total = Date.parse(until) - Date.parse(now);
  const end = performance.now() + total;
  const warnAt = Math.max(20_000, Math.min(WARN_SECONDS * 1000, total / 2));
  const place = strip.querySelector("[data-left]");
  let warned = false;

  const timer = setInterval(tick, 1000);
  tick();
  strip.querySelector("[data-extend]")?.addEventListener("click", askForMore);

  function tick() {
    if ("locked" in document.documentElement.dataset) return undefined; // the page is put aside, and comes back
    if (!strip.isConnected) return clearInterval(timer);
    const left = end - performance.now();
    if (left <= 0) return over();
    place.textContent = wordsLeft.replace("{left}", minutesAndSeconds(left));
    if (left <= warnAt && !warned) {
      warned = true;
      strip.classList.add("soon");
      announce(wordsSoon);
    }
    return undefined;
  }

  function over() {
    clearInterval(timer);
    strip.classList.replace("warn", "bad");
    strip.querySelector(".notice-text").textContent = wordsOver;
    announce(wordsOver);
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
