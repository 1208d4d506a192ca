// Words typed for a held time, while somebody looks aside: kept in this page's memory, and put back with the panel.

const kept = new Map();
const TYPED = "[data-search] input[type=search], .new-patient :is(input:not([type=hidden]), select)";
const WORDS = ":is([type=search], [type=text], [type=tel], [type=email], :not([type])):is(input)";

export function watchLeaving(place) {
  addEventListener("beforeunload", (event) => {
    if (kept.size || hasWords(place)) event.preventDefault();
  });
}

// Is something typed for a time that is held?
export function hasWords(place) {
  const panel = place.querySelector("[data-hold]");
  return Boolean(panel) && fields(panel).some((field) => field.matches(WORDS) && field.value.trim());
}

export function keepWords(place) {
  if (!hasWords(place)) return;
  const panel = place.querySelector("[data-hold]");
  kept.set(panel.dataset.hold, fields(panel).map((field) => [field.id, field.value]));
}

export function forget(place) {
  kept.delete(place.querySelector("[data-hold]")?.dataset.hold);
}

export function putBack(panel) {
  const words = kept.get(panel.dataset.hold);
  if (!words) return;
  kept.delete(panel.dataset.hold);
  for (const [id, value] of words) {
    const field = panel.querySelector(`#${CSS.escape(id)}`);
    if (!field || !value || (field.matches(WORDS) && field.value)) continue;
    field.value = value;
    if (field.type === "search") field.dispatchEvent(new Event("input"));
    else if (field.matches(WORDS)) field.closest("details").open = true;
  }
}

function fields(panel) {
  return [...panel.querySelectorAll(TYPED)];
}
