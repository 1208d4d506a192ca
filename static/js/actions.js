// Keys that act on the visit that has the focus. Their words, for the help sheet, stand in the page: [data-actions].

import { carry } from "./carry.js";
import { watchDrag } from "./drag.js";
import { undoButton } from "./notices.js";
import { isMovable, seen } from "./places.js";

const STEPS = { a: "arrived", f: "completed", n: "no-show" };

const sheet = document.querySelector("[data-actions]");

export function watchActions(layout, desk) {
  if (!sheet) return;
  const words = sheet.dataset;
  watchDrag(layout, desk, words);
  layout.addEventListener("keydown", onKey);
  document.addEventListener("keydown", onUndo);

  function onKey(event) {
    const cell = event.target.closest?.("[data-visit]");
    if (!cell || !isOn(event)) return;
    const key = event.key.toLowerCase();
    const act = key in STEPS ? () => step(cell, STEPS[key]) : { x: () => ask(cell), m: () => move(cell) }[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  function step(cell, name) {
    desk.remember(cell);
    return desk.post(`${cell.href}/${name}`, seen(cell));
  }

  // A cancellation is asked about: the panel opens at its question.
  async function ask(cell) {
    desk.remember(cell);
    await desk.show(cell.href);
    const question = layout.querySelector("[data-cancel]");
    if (!question) return;
    question.open = true;
    question.querySelector("input:not([type=hidden])").focus();
  }

  // Where no column is drawn to carry it to, its form asks where.
  function move(cell) {
    if (isMovable(cell)) return carry(cell, layout, desk, words);
    desk.remember(cell);
    return desk.show(cell.matches(".confirmed, .arrived") ? `${cell.href}/move` : cell.href);
  }

  function onUndo(event) {
    const button = undoButton();
    if (event.key !== "u" || !button || !isOn(event)) return;
    event.preventDefault();
    button.click();
  }
}

function isOn(event) {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing && "on" in sheet.dataset;
}
