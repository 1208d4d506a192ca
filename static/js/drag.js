// A visit is taken by the hand: mouse, pen, or a finger that rests on it first. Its lower edge makes it longer.

import { announce } from "./announce.js";
import { ROW_MINUTES, Outline, Places, columnOf, isMovable, minuteAt, moveTo, seen } from "./places.js";

const SLACK = 5; // pixels before a press is a drag
const REST = 400; // milliseconds a finger rests
const EDGE = 7; // pixels of the lower edge
const NEAR = 48; // pixels from the border where the grid scrolls by itself
const PACE = 10; // pixels a frame

export function watchDrag(layout, desk, words) {
  let hand = null;

  layout.addEventListener("pointerdown", press);
  layout.addEventListener("dragstart", (event) => { if (event.target.closest("[data-visit]")) event.preventDefault(); });

  function press(event) {
    const cell = event.target.closest("[data-visit]");
    if (hand || event.button || !event.isPrimary || !isMovable(cell)) return;
    hand = new Hand(cell, event, layout, words, (outcome) => { hand = null; finish(cell, outcome); });
  }

  function finish(cell, { place, minutes, why }) {
    if (why) announce(why);
    else if (place) moveTo(desk, cell, place);
    else if (minutes) {
      desk.remember(cell);
      desk.post(`${cell.href}/visit`, { minutes, ...seen(cell) });
    }
  }
}

class Hand {
  constructor(cell, event, layout, words, done) {
    Object.assign(this, { cell, layout, words, done });
    this.touch = event.pointerType === "touch";
    this.from = this.now = { x: event.clientX, y: event.clientY };
    this.started = false;
    const box = cell.getBoundingClientRect();
    this.seat = Boolean(cell.dataset.stands);
    this.resizes = !this.seat && !cell.closest(".split") && box.height > 3 * EDGE && event.clientY > box.bottom - (this.touch ? 2 : 1) * EDGE;
    this.hold = event.clientY - box.top - 4; // the visit hangs on the hand where it was taken
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    const listen = (kind, heard, more = {}) => document.addEventListener(kind, heard.bind(this), { signal, ...more });
    listen("pointermove", this.move);
    listen("pointerup", this.drop);
    listen("pointercancel", this.cancel);
    listen("keydown", this.key, { capture: true });
    // Once the finger holds the visit it no longer scrolls the page, nor opens a menu.
    listen("touchmove", (touched) => { if (this.started && touched.cancelable) touched.preventDefault(); }, { passive: false });
    listen("contextmenu", (menu) => { if (this.touch) menu.preventDefault(); });
    if (this.touch) this.timer = setTimeout(() => this.start(), REST);
  }

  move(event) {
    if (!event.isPrimary) return;
    this.now = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(this.now.x - this.from.x, this.now.y - this.from.y) > SLACK;
    if (this.started) this.draw();
    else if (far && this.touch) this.cancel(); // it scrolls
    else if (far) this.start();
  }

  start() {
    this.started = true;
    this.layout.dataset.still = "";
    this.cell.classList.add("lifted");
    this.places = new Places(this.cell, this.layout);
    this.outline = new Outline();
    this.tip = document.body.appendChild(Object.assign(document.createElement("p"), { className: "drag-tip" }));
    if (!this.resizes) this.places.ready(columnOf(this.cell)).then(() => { if (this.started) this.draw(); });
    this.scrolling = requestAnimationFrame(() => this.scroll());
    this.draw();
  }

  draw() {
    if (!this.cell.isConnected) return this.cancel();
    if (this.resizes) return this.stretch();
    const column = this.columnUnder();
    this.place = column && this.placeUnder(column);
    this.why = this.place ? this.place.why : this.words.nowhere;
    if (this.place) {
      const { minute, minutes, clock, who } = this.place;
      this.outline.draw(column, minute, minutes, clock, Boolean(this.why));
      this.say(this.why ? `${clock}, ${who}: ${this.why}` : `${clock}, ${who}`, Boolean(this.why));
    } else {
      this.outline.remove();
      this.say(column && !this.places.in(column).length ? this.words.closed : this.words.nowhere, true);
    }
    return undefined;
  }

  placeUnder(column) {
    if (this.seat) return this.places.around(column, minuteAt(column, this.now.y));
    return this.places.near(column, minuteAt(column, this.now.y - this.hold));
  }

  stretch() {
    const column = columnOf(this.cell);
    const start = minuteAt(column, this.cell.getBoundingClientRect().top + 2);
    this.minutes = Math.max(ROW_MINUTES, minuteAt(column, this.now.y) + ROW_MINUTES - start);
    this.outline.draw(column, start, this.minutes, "", false);
    this.say(this.words.minutes.replace("{minutes}", this.minutes), false);
  }

  columnUnder() {
    return this.places.columns().find((column) => {
      const { left, right } = column.getBoundingClientRect();
      return this.now.x >= left && this.now.x < right;
    });
  }

  say(words, refused) {
    this.tip.textContent = words;
    this.tip.classList.toggle("refused", refused);
    const left = Math.min(this.now.x + 14, innerWidth - this.tip.offsetWidth - 8);
    const top = Math.min(this.now.y + 18, innerHeight - this.tip.offsetHeight - 8);
    this.tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, top)}px)`;
  }

  scroll() {
    const wrap = this.layout.querySelector(".daygrid-wrap");
    if (wrap) {
      const box = wrap.getBoundingClientRect();
      const by = { x: push(this.now.x, Math.max(0, box.left), Math.min(innerWidth, box.right)), y: push(this.now.y, Math.max(0, box.top), Math.min(innerHeight, box.bottom)) };
      const before = [wrap.scrollLeft, wrap.scrollTop];
      wrap.scrollBy(by.x, by.y);
      if (before[0] !== wrap.scrollLeft || before[1] !== wrap.scrollTop) this.draw();
    }
    if (this.started) this.scrolling = requestAnimationFrame(() => this.scroll());
  }

  key(event) {
    if (event.key !== "Escape" || !this.started) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.cancel();
  }

  drop(event) {
    if (!event.isPrimary) return;
    if (!this.started) return this.end({});
    swallowClick();
    if (this.resizes) return this.end({ minutes: this.minutes });
    return this.end(this.place && this.place.here ? {} : { place: this.place, why: this.why });
  }

  cancel() {
    if (this.started) swallowClick();
    this.end({});
  }

  end(outcome) {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.scrolling);
    this.started = false;
    this.listeners.abort();
    this.outline?.remove();
    this.tip?.remove();
    this.cell.classList.remove("lifted");
    delete this.layout.dataset.still;
    this.done(outcome);
  }
}

function push(at, from, to) {
  if (at < from + NEAR) return -PACE;
  return at > to - NEAR ? PACE : 0;
}

// Letting go of a drag is no click on what lies below.
function swallowClick() {
  const swallow = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 300);
}
