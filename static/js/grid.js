// The time grid is one tab stop: arrows walk from cell to cell, Home and End to the first and last of a column.

const CELLS = "a.cell, button.cell";
let layout = null;
let last = "";

export function watchGrid(where) {
  layout = where;
  layout.addEventListener("keydown", walk);
  layout.addEventListener("focusin", (event) => {
    const cell = event.target.closest(CELLS);
    if (cell) stopAt(cell);
  });
  layout.addEventListener("drawn", chooseStop);
  chooseStop();
}

// What a cell stands for, so that it is found again when the day was drawn anew.
export function nameOf(cell) {
  return cell.getAttribute("href") || cell.value;
}

function cellNamed(name) {
  return name ? cells().find((cell) => nameOf(cell) === name) : undefined;
}

function cells(root = layout) {
  return [...root.querySelectorAll(`[data-grid] :is(${CELLS})`)];
}

function chooseStop() {
  const all = cells();
  all.forEach((cell) => { cell.tabIndex = -1; });
  const stop = cellNamed(last) || all.find((cell) => cell.classList.contains("marked")) || firstFromNow(all) || all[0];
  if (stop) stop.tabIndex = 0;
}

function firstFromNow(all) {
  const line = layout.querySelector("[data-column] > .now")?.getBoundingClientRect().top;
  return line === undefined ? undefined : all.find((cell) => cell.getBoundingClientRect().bottom > line);
}

function stopAt(cell) {
  last = nameOf(cell);
  cells().forEach((other) => { other.tabIndex = other === cell ? 0 : -1; });
}

function walk(event) {
  const cell = event.target.closest(CELLS);
  if (!cell || !cell.closest("[data-grid]") || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const goal = target(cell, event.key);
  if (!goal) return;
  event.preventDefault();
  goal.focus();
  goal.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function target(cell, key) {
  const column = cell.closest("[data-column]");
  const mine = [...column.querySelectorAll(CELLS)];
  const at = mine.indexOf(cell);
  const rightToLeft = getComputedStyle(layout).direction === "rtl";
  switch (key) {
    case "ArrowDown": return mine[at + 1];
    case "ArrowUp": return mine[at - 1];
    case "Home": return mine[0];
    case "End": return mine[mine.length - 1];
    case "ArrowRight": return beside(cell, column, rightToLeft ? -1 : 1);
    case "ArrowLeft": return beside(cell, column, rightToLeft ? 1 : -1);
    default: return undefined;
  }
}

// The cell of the next column that has any, nearest in time.
function beside(cell, column, step) {
  const columns = [...layout.querySelectorAll("[data-column]")];
  const top = cell.getBoundingClientRect().top;
  for (let at = columns.indexOf(column) + step; at >= 0 && at < columns.length; at += step) {
    const found = [...columns[at].querySelectorAll(CELLS)];
    if (found.length) return found.reduce((best, one) => (distance(one, top) < distance(best, top) ? one : best));
  }
  return undefined;
}

function distance(cell, top) {
  return Math.abs(cell.getBoundingClientRect().top - top);
}
