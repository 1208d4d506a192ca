// Finds patients while one types; Enter takes the only hit, or goes to the first of several, or to a similar name.

import { announce } from "./announce.js";
import { meetsLock } from "./lock.js";

const PAUSE = 150;

export function watchSearch(root) {
  const form = root.querySelector("[data-search]");
  if (!form) return;
  const input = form.elements.q;
  let timer = 0;
  let shown = input.value.trim();
  let running = null;

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (input.value.trim() !== shown || running) await look();
    if (input.value.trim() !== shown) return; // typed on meanwhile, or no answer: these hits are of other words
    const hits = buttons();
    if (hits.length === 1 && !("similar" in hits[0].dataset)) hits[0].click();
    else hits[0]?.focus();
  });
  root.querySelector("[data-hits-form]").addEventListener("keydown", walk);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && buttons().length) {
      event.preventDefault();
      buttons()[0].focus();
    }
  });

  function buttons() {
    return [...root.querySelectorAll("[data-region=hits] .hit")];
  }

  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hits = buttons();
    const at = hits.indexOf(document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    (hits[at + step] || (step < 0 ? input : hits[at])).focus();
  }

  async function look() {
    const wanted = input.value.trim();
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" }, signal: mine.signal });
      if (meetsLock(response)) return undefined;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const hits = page.querySelector("[data-region=hits]");
      if (!hits && response.redirected) return form.submit(); // to sign in, or to what became of the held time
      if (page.querySelector("[data-ended]")) return form.dispatchEvent(new Event("over", { bubbles: true }));
      if (!hits) return failed(page.querySelector(".lead")?.textContent);
      root.querySelector("[data-region=hits]").replaceWith(hits);
      shown = wanted;
      suggest(hits);
      announce(hits.querySelector("[data-count]")?.textContent || "");
      const carried = root.querySelector("[data-hits-form] [name=q]");
      if (carried) carried.value = wanted;
    } catch (error) {
      if (error.name !== "AbortError") failed();
    } finally {
      if (running === mine) running = null;
    }
    return undefined;
  }

  // Whom nobody knows is somebody new, under the name that was looked for unless one was typed.
  function suggest(hits) {
    const fold = root.querySelector("details.new-patient");
    const field = fold?.querySelector("[name=full_name]");
    if (!field) return;
    if (field.value === (field.dataset.suggested || "")) field.value = field.dataset.suggested = hits.dataset.name || "";
    if ("none" in hits.dataset) fold.open = true;
  }

  // Nothing else of the page is lost for it; the next key, or Enter, asks again.
  function failed(words = form.dataset.wordsLost) {
    const notice = Object.assign(document.createElement("p"), { className: "notice bad", textContent: words });
    root.querySelector("[data-region=hits]").replaceChildren(notice);
    shown = null;
    announce(words);
  }
}
