// Where a visit could go: what the server says of each start of a day, and where that is drawn.

import { serverNow } from "./clockwork.js";
import { meetsLock } from "./lock.js";

export const ROW_MINUTES = 5;
const LAST_ROW = 299;

export class Places {
  constructor(cell, layout) {
    this.cell = cell;
    this.layout = layout;
    this.days = new Map();
  }

  columns() {
    return [...this.layout.querySelectorAll("[data-column]")].filter((column) => column.dataset.column);
  }

  // The places of a column; [] until the server has answered.
  in(column) {
    const { day } = column.dataset;
    if (!this.days.has(day)) this.load(day);
    const known = this.days.get(day);
    return Array.isArray(known) ? known.filter((place) => place.column === column.dataset.column) : [];
  }

  load(day) {
    const asked = fetch(`${this.cell.href}/places/${day}`, { headers: { Accept: "application/json" } })
      .then((response) => (!meetsLock(response) && response.ok ? response.json() : { places: [] }))
      .then(({ places }) => { this.days.set(day, places); return places; })
      .catch(() => { this.days.set(day, []); return []; }); // each move of the hand would ask anew
    this.days.set(day, asked);
    return asked;
  }

  async ready(column) {
    this.in(column);
    await this.days.get(column.dataset.day);
  }

  // The start nearest to a minute, if that is near: further away there is no time at all.
  near(column, minute) {
    const far = (place) => Math.abs(place.minute - minute);
    const [nearest] = this.in(column).toSorted((one, other) => far(one) - far(other));
    return nearest && far(nearest) <= this.step(column, nearest) ? nearest : undefined;
  }

  // The start whose time a minute falls into: a seat is dropped on its new group.
  around(column, minute) {
    return this.in(column).find((place) => place.minute <= minute && minute < place.minute + place.minutes);
  }

  // Until the next start.
  step(column, place) {
    const later = this.in(column).map(({ minute }) => minute - place.minute).filter((distance) => distance > 0);
    return Math.min(place.minutes, ...later);
  }
}

function rowHeight(column) {
  return Number.parseFloat(getComputedStyle(column).gridAutoRows) || 1;
}

export function minuteAt(column, y) {
  const row = Math.floor((y - column.getBoundingClientRect().top) / rowHeight(column));
  return Number(column.dataset.first) + row * ROW_MINUTES;
}

// The outline of the visit where it would stand.
export class Outline {
  constructor() {
    this.element = document.createElement("div");
    this.element.setAttribute("aria-hidden", "true");
  }

  draw(column, minute, minutes, words, refused) {
    const row = Math.round((minute - Number(column.dataset.first)) / ROW_MINUTES);
    const rows = Math.max(1, Math.round(minutes / ROW_MINUTES));
    this.element.className = `outline at-${clamp(row, 0)} for-${clamp(rows, 1)}${refused ? " refused" : ""}`;
    this.element.textContent = words;
    if (this.element.parentElement !== column) column.append(this.element);
  }

  remove() {
    this.element.remove();
  }
}

function clamp(rows, least) {
  return Math.min(LAST_ROW, Math.max(least, rows));
}

export function isMovable(cell) {
  return Boolean(cell) && cell.matches(".confirmed[data-visit], .arrived[data-visit]") && columnOf(cell)?.dataset.column;
}

// A seat of a group is taken from the group's list; it stands where the group is drawn.
export function columnOf(cell) {
  const drawn = cell.dataset.stands ? document.querySelector(`[data-grid] [href="${CSS.escape(cell.dataset.stands)}"]`) : cell;
  return drawn?.closest("[data-column]");
}

// To another specialist, or to a time that has passed, is asked about first; everything else can be undone.
export function moveTo(desk, cell, place) {
  desk.remember(cell);
  const passed = place.minute * 60_000 < serverNow();
  if (place.column !== columnOf(cell).dataset.column || passed) {
    return desk.show(`${cell.href}/move?slot=${place.slot}`);
  }
  return desk.post(`${cell.href}/place`, { slot_id: place.slot, ...seen(cell) });
}

// What a form on the visit would send; `back` is the list in which one works.
export function seen(cell) {
  const line = cell.closest("tr, .agenda-lines li, .week-visits li") || cell;
  const words = cell.getAttribute("aria-label") || line.textContent.replace(/\s+/g, " ").trim();
  return { version: cell.dataset.visit, seen: words, ...(cell.dataset.back && { back: cell.dataset.back }) };
}
