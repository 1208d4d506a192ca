// What moves with the clock, by the server's: the line that says "now", and how long a time is still held.

const ROW_MINUTES = 5;
const OFF = 5_000; // milliseconds that are more than the second of a header and the way here

let ahead = Number(document.querySelector("[data-live]")?.dataset.now || Date.now()) - Date.now();

export const serverNow = () => Date.now() + ahead;

// A page that the browser kept says when it was written, not what the time is: an answer of the server's does.
export function setClock(response) {
  const told = Date.parse(response.headers.get("Date")) + 500 - Date.now();
  if (Math.abs(told - ahead) > OFF) ahead = told;
}

export function watchClock(layout) {
  setInterval(() => tick(layout, serverNow()), 1000);
  layout.addEventListener("drawn", () => tick(layout, serverNow()));
  tick(layout, serverNow());
  openAtNow(layout);
}

// Today opens where the day stands, and its week where today is, unless a visit is pointed out.
function openAtNow(layout) {
  const line = layout.querySelector("[data-column] > .now, .week-table [aria-current]");
  const wrap = line?.closest(".daygrid-wrap, .table-wrap");
  if (!wrap || wrap.querySelector("[autofocus]")) return;
  wrap.scrollTop = line.offsetTop - wrap.clientHeight / 3;
  const [column, frame] = [line, wrap].map((one) => one.getBoundingClientRect());
  wrap.scrollLeft += Math.max(0, column.right - frame.right) + Math.min(0, column.left - frame.left);
}

function tick(layout, now) {
  layout.querySelectorAll("[data-held-until]").forEach((place) => { place.textContent = left(Date.parse(place.dataset.heldUntil) - now); });
  const line = layout.querySelector("[data-column] > .now");
  if (!line) return;
  const row = Math.floor((now / 60_000 - Number(line.closest("[data-column]").dataset.first)) / ROW_MINUTES);
  layout.querySelectorAll(".now").forEach((one) => move(one, row));
}

function move(line, row) {
  const wanted = `at-${row}`;
  if (line.classList.contains(wanted)) return;
  line.className = `now ${wanted}`;
}

function left(milliseconds) {
  if (milliseconds <= 0) return "";
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
