// Hiding names, and printing, without a page load.

import { isLocked, meetsLock } from "./lock.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-names]")) return;
  event.preventDefault();
  const button = form.querySelector("button");
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!response || meetsLock(response)) return;
  if (response.status !== 204 || !document.querySelector("[data-live] [data-region=day]")) {
    location.reload();
    return;
  }
  const hidden = button.value === "1";
  button.value = hidden ? "0" : "1";
  button.setAttribute("aria-pressed", String(hidden));
  document.dispatchEvent(new Event("desk:refresh")); // the day is drawn anew; a half-typed form beside it stays
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isLocked()) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  if (event.key === "z") document.querySelector('[data-key="z"]')?.click();
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
