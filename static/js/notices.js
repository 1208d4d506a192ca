// What was done is said in the page's status region. What can still be undone stays a while beside what is said after it.

import { isLocked } from "./lock.js";

const STAYS = 10_000;
const born = new WeakMap();

export function watchNotices() {
  shown().forEach(begin);
}

export function replaceNotices(notices) {
  if (isLocked()) return;
  shown().filter((old) => !stays(old, notices)).forEach((old) => old.remove());
  document.getElementById("status").append(...notices);
  notices.forEach(begin);
}

export function tell(words) {
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.textContent = words;
  replaceNotices([notice]);
}

// The latest thing that can be undone.
export function undoButton() {
  return [...document.querySelectorAll("#status [data-undo] button")].findLast((one) => !("goneAfter" in one.dataset));
}

function shown() {
  return [...document.querySelectorAll("#status .notice")];
}

function begin(notice) {
  born.set(notice, performance.now());
  const late = notice.querySelector("[data-gone-after]");
  if (late) setTimeout(() => late.remove(), Number(late.dataset.goneAfter) * 1000);
}

function stays(old, fresh) {
  const isYoung = "undo" in old.dataset && performance.now() - born.get(old) < STAYS;
  return isYoung && !fresh.some((one) => one.getAttribute("action") === old.getAttribute("action"));
}
