// The desk without page loads: the same addresses, asked for as fragments and put in their place.
// Every link and form here works without this script too.

import { watchActions } from "./actions.js";
import { watchClock } from "./clockwork.js";
import { watchHolds } from "./countdown.js";
import { watchFit } from "./fit.js";
import { watchGoing } from "./goes.js";
import { watchGrid } from "./grid.js";
import { watchHeld } from "./held.js";
import { forget, hasWords, isUnfinished, keepWords, putBack, watchLeaving, written } from "./kept.js";
import { watchKeys } from "./keys.js";
import { meetsLock } from "./lock.js";
import { replaceNotices, tell, watchNotices } from "./notices.js";
import { watchSearch } from "./search.js";
import { watchWaiting } from "./waiting.js";

const layout = document.querySelector("[data-live]");
const place = layout?.querySelector("[data-place=panel]");
let cameFrom = null;
let spot = null; // where that stands, for when it is gone
let latest = 0; // what was asked for last: a slow answer to an earlier question does not take its place
let running = 0;
let drawing = 0;

if (place) {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  watchGrid(layout);
  watchNotices();
  watchLeaving(place);
  watchGoing(layout);
  watchClock(layout);
  watchKeys(layout);
  watchActions(layout, { post, show, remember });
  document.addEventListener("desk:show", (event) => {
    if (layout.contains(document.activeElement)) remember(document.activeElement);
    show(event.detail);
  });
  document.addEventListener("desk:refresh", refreshDay);
} else {
  document.querySelectorAll("[data-hold]").forEach((panel) => {
    watchHeld(panel);
    watchFit(panel);
  });
  watchSearch(document);
  watchWaiting(document);
}

function onClick(event) {
  const link = event.target.closest("a");
  if (!link || !layout.contains(link) || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if ("close" in link.dataset) {
    event.preventDefault();
    letGo();
  } else if ("panel" in link.dataset) {
    event.preventDefault();
    remember(link);
    show(link.href);
  }
}

function onSubmit(event) {
  const form = event.target;
  const ours = layout.contains(form) || form.matches("#status form");
  if (!ours || "plain" in form.dataset || "search" in form.dataset) return;
  event.preventDefault();
  if (form.method !== "post") return show(`${form.action}?${new URLSearchParams(new FormData(form))}`);
  remember(event.submitter);
  send(form, event.submitter);
}

function onKey(event) {
  if (event.key !== "Escape" || !place.firstElementChild || event.isComposing) return undefined;
  event.preventDefault();
  const escape = !place.querySelector("[data-ended]") && place.querySelector("[data-escape]");
  if (!escape) return letGo();
  if (!hasWords(place) || confirm(escape.dataset.escape)) escape.requestSubmit();
  return undefined;
}

// Whoever closes a panel on purpose is asked about words that only stand there.
function letGo() {
  if (!written(place).length || confirm(layout.dataset.wordsUnsaved)) closePanel();
}

// Where to go back to when the panel closes: the cell, by what it stands for, since the day is drawn anew.
function remember(element) {
  if (!element || place.contains(element)) return;
  const href = element.getAttribute("href");
  cameFrom = href ? `[href="${CSS.escape(href)}"]` : `[value="${CSS.escape(element.value)}"]`;
  const [column, row] = [element.closest("[data-column]"), element.closest("[class*='at-']")];
  const at = row && [...row.classList].find((name) => name.startsWith("at-"));
  spot = column && at && `[data-column="${column.dataset.column}"][data-day="${column.dataset.day}"] .${at}`;
}

// Back to the cell; where it went, to what stands in its place; in a list, to the day.
function goBack() {
  const cell = (cameFrom && layout.querySelector(cameFrom)) || (spot && layout.querySelector(`${spot}:is(a, button), ${spot} :is(a, button)`));
  if (cell) return cell.focus();
  const name = layout.querySelector("#day-name");
  name.tabIndex = -1;
  return name.focus();
}

async function show(url) {
  await settle(fetch(url, { headers: { "X-Fragment": "1" } }), { asks: true });
}

async function send(form, submitter) {
  const action = submitter?.getAttribute("formaction") || form.getAttribute("action");
  const own = place.contains(form) && form.getAttribute("action");
  const answered = await sent(action, new URLSearchParams(new FormData(form, submitter)), own);
  if (answered && "undo" in form.dataset) form.remove();
}

// What a key or a drag sends: the fields of a form that nobody had to open.
async function post(action, fields) {
  const { value } = layout.querySelector("[name=csrf_token]");
  await sent(action, new URLSearchParams({ csrf_token: value, ...fields }));
}

// `own` is the address of the panel's form that was sent.
async function sent(action, body, own = "") {
  const answered = await settle(fetch(action, { method: "POST", body, headers: { "X-Fragment": "1" } }), { action, own });
  if (answered === "panel") refreshDay();
  return answered;
}

async function settle(request, { asks = false, ...about } = {}) {
  const mine = (latest += 1);
  const isLatest = () => mine === latest;
  running += 1;
  layout.setAttribute("aria-busy", "true");
  replaceNotices([]);
  try {
    const response = await request;
    if (meetsLock(response)) return "";
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (asks && !isLatest()) return "";
    const region = page.querySelector("[data-region=panel], [data-region=day]");
    if (!region) return elsewhere(response, page);
    return region.dataset.region === "day" ? await placeDay(region, isLatest, about) : placePanel(region, response.ok ? about.own : "");
  } catch {
    if (!asks || isLatest()) tell(layout.dataset.wordsLost);
    return "";
  } finally {
    running -= 1;
    if (!running) layout.removeAttribute("aria-busy");
  }
}

// A whole page came back: signed out, so it is shown; or a refusal, whose words are enough.
function elsewhere(response, page) {
  if (response.redirected) location.assign(response.url);
  else tell((page.querySelector(".lead") || page.querySelector("h1"))?.textContent || layout.dataset.wordsLost);
  return "";
}

function placePanel(region, sent) {
  keepWords(place, sent);
  place.replaceChildren(region);
  layout.classList.add("with-panel");
  said(region);
  watchHolds(region);
  watchHeld(region);
  watchFit(region);
  watchSearch(region);
  watchWaiting(region);
  putBack(region);
  (region.querySelector("[autofocus]") || region.querySelector("#panel-title")).focus();
  return "panel";
}

// What was done is drawn; a panel that was asked for after it stays, and one that is worked in when it was done elsewhere.
async function placeDay(region, isLatest, { action = "", own }) {
  const { url } = layout.querySelector("[data-region=day]").dataset;
  if (region.dataset.url === url) drawDay(region);
  else {
    // Whoever works in a week, or moved something to another day, stays where they look.
    said(region);
    await refreshDay();
  }
  if (!isLatest()) return "day";
  if (own || !isUnfinished(place, action)) {
    forget(place);
    keepWords(place, own);
    closePanel();
  }
  const marked = layout.querySelector(".marked");
  if (marked) marked.focus();
  else if (cameFrom) goBack();
  return "day";
}

function drawDay(region) {
  const old = layout.querySelector("[data-region=day]");
  const { scrollTop, scrollLeft } = old.querySelector(".daygrid-wrap") || {};
  said(region);
  old.replaceWith(region);
  const grid = region.querySelector(".daygrid-wrap");
  if (grid) Object.assign(grid, { scrollTop, scrollLeft });
  layout.dispatchEvent(new Event("drawn"));
}

// Out of reach, the day stays as it is: live.js says so, and catches up.
async function refreshDay() {
  const mine = (drawing += 1);
  const { url } = layout.querySelector("[data-region=day]").dataset;
  const response = await fetch(url, { headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!response || meetsLock(response)) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const region = page.querySelector("[data-region=day]");
  if (response.ok && region && mine === drawing) drawDay(region);
}

function closePanel() {
  latest += 1; // what was asked for before does not open it again
  if (!place.firstElementChild) return;
  place.replaceChildren();
  layout.classList.remove("with-panel");
  if (cameFrom) goBack();
}

// What the server said in the fragment moves to the page's own status region.
function said(region) {
  const messages = region.querySelector("[data-messages]");
  if (!messages) return;
  const notices = [...messages.children];
  if (notices.length) replaceNotices(notices);
  messages.remove();
}
