// Moving a visit with the keyboard: arrows choose among the free times, Enter saves, Escape leaves it where it was.

import { announce } from "./announce.js";
import { Outline, Places, columnOf, moveTo } from "./places.js";

let carried = null;

export function carry(cell, layout, desk, words) {
  if (carried) return;
  const places = new Places(cell, layout);
  const outline = new Outline();
  const listeners = new AbortController();
  let column = columnOf(cell);
  let place = null;
  carried = cell;
  layout.dataset.still = "";
  cell.classList.add("lifted");
  document.addEventListener("keydown", key, { capture: true, signal: listeners.signal });
  document.addEventListener("pointerdown", leave, { signal: listeners.signal });
  announce(words.carrying);
  // A key waits for the free times, and for the keys before it.
  let done = places.ready(column).then(begin);

  function begin() {
    if (carried !== cell) return;
    place = places.in(column).find((one) => one.here);
    if (place) outline.draw(column, place.minute, place.minutes, place.clock, false);
  }

  function key(event) {
    const steps = { ArrowUp: () => along(-1), ArrowDown: () => along(1), ArrowLeft: () => across(-1), ArrowRight: () => across(1), Enter: save };
    const step = steps[event.key];
    if (event.key === "Tab") return leave();
    if ((!step && event.key !== "Escape") || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!step) return leave();
    done = done.then(() => (carried === cell ? step() : undefined));
    return undefined;
  }

  function along(direction) {
    const free = choices(column);
    const here = place ? place.minute : Number(column.dataset.first);
    const next = direction > 0 ? free.find((one) => one.minute > here) : free.findLast((one) => one.minute < here);
    choose(next, column);
  }

  async function across(direction) {
    const all = places.columns();
    const forwards = getComputedStyle(layout).direction === "rtl" ? -direction : direction;
    const offset = (place ? place.minute : 0) - Number(column.dataset.first);
    for (let at = all.indexOf(column) + forwards; all[at]; at += forwards) {
      await places.ready(all[at]);
      const wanted = Number(all[at].dataset.first) + offset;
      const [nearest] = choices(all[at]).sort((one, other) => Math.abs(one.minute - wanted) - Math.abs(other.minute - wanted));
      if (nearest) return choose(nearest, all[at]);
    }
    return choose(null, column);
  }

  function choices(where) {
    return places.in(where).filter((one) => one.here || !one.why);
  }

  function choose(next, where) {
    if (carried !== cell) return;
    if (!next) return announce(words.noFurther);
    place = next;
    column = where;
    outline.draw(column, place.minute, place.minutes, place.clock, false);
    outline.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    return announce(`${place.clock}, ${place.who}`);
  }

  function save() {
    const chosen = place;
    put();
    if (!chosen || chosen.here) announce(words.left);
    else moveTo(desk, cell, chosen);
  }

  function leave() {
    put();
    announce(words.left);
  }

  function put() {
    carried = null;
    listeners.abort();
    outline.remove();
    cell.classList.remove("lifted");
    delete layout.dataset.still;
    cell.focus();
  }
}
