// What moves with the clock, by the server's: the line that says "now", and how long a time is still held.

const ROW_MINUTES = 5;

export function watchClock(layout) {
  const ahead = Number(layout.dataset.now) - Date.now();
  const now = () => Date.now() + ahead;
  setInterval(() => tick(layout, now()), 1000);
  layout.addEventListener("drawn", () => tick(layout, now()));
  tick(layout, now());
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
