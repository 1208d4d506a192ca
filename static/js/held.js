// A held time's panel asks whether the time is still held here. When somebody took it over, or its hold ended, it says
// so at once; what was typed stays where it is.

import { announce } from "./announce.js";
import { meetsLock } from "./lock.js";

const EVERY = 4_000;

export function watchHeld(panel) {
  if (!panel.querySelector("[data-asks] [data-countdown]")) return;
  const listening = new AbortController();
  const timer = setInterval(ask, EVERY);
  panel.addEventListener("over", ask, { signal: listening.signal });
  document.querySelector("[data-live]")?.addEventListener("drawn", ask, { signal: listening.signal });

  async function ask() {
    const held = panel.querySelector("[data-asks]");
    if ("locked" in document.documentElement.dataset) return undefined; // the page is put aside, and comes back
    if (!panel.isConnected) return stop();
    const headers = { "X-Fragment": "1", "X-Background": "1" };
    const response = await fetch(held.dataset.asks, { headers, cache: "no-store" }).catch(() => null);
    if (!response || meetsLock(response) || !response.ok || !panel.contains(held)) return undefined;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.querySelector("[data-region=held]");
    if (!fresh?.querySelector("[data-ended]") || !panel.contains(held)) return undefined;
    stop();
    held.replaceWith(fresh);
    say(fresh);
    return undefined;
  }

  function stop() {
    clearInterval(timer);
    listening.abort();
  }

  // Whoever types on is told without being moved; what had the focus may be gone.
  function say(fresh) {
    panel.querySelector("details.new-patient").open = true;
    announce(fresh.querySelector("strong").textContent);
    if (!panel.querySelector(".new-patient").contains(document.activeElement)) fresh.querySelector("[data-ended]").focus();
  }
}
