// Words typed for a held time, or into the form of a visit or a patient, while somebody looks aside: kept in this
// page's memory, and put back with the panel.

const kept = new Map(); // by held time
const aside = new Map(); // by the address a form is sent to
const ABOUT_ONE = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/; // what names nobody is the same form for all
const TYPED = "[data-search] input[type=search], .new-patient :is(input:not([type=hidden]), select)";
const WORDS = ":is([type=search], [type=text], [type=tel], [type=email], :not([type])):is(input)";
const WRITTEN = `.panel:not([data-hold]) form[method=post]:not([data-search]) :is(textarea, ${WORDS})`;

export function watchLeaving(place) {
  addEventListener("beforeunload", (event) => {
    if (kept.size || hasWords(place) || written(place).length) event.preventDefault();
  });
}

// Is something typed for a time that is held?
export function hasWords(place) {
  const panel = place.querySelector("[data-hold]");
  return Boolean(panel) && fields(panel).some((field) => field.matches(WORDS) && field.value.trim());
}

// Would something be lost that has nothing to do with what was done?
export function isUnfinished(place, action) {
  const panel = place.querySelector("[data-hold]");
  return panel ? !action.includes(panel.dataset.hold) : written(place).length > 0;
}

export function keepWords(place, sent) {
  for (const field of written(place)) {
    const action = field.form.getAttribute("action");
    if (action !== sent) aside.set(action, { ...aside.get(action), [field.name]: field.value });
  }
  if (!hasWords(place)) return;
  const panel = place.querySelector("[data-hold]");
  kept.set(panel.dataset.hold, fields(panel).map((field) => [field.id, field.value]));
}

export function forget(place) {
  kept.delete(place.querySelector("[data-hold]")?.dataset.hold);
}

export function putBack(panel) {
  for (const form of panel.querySelectorAll("form[method=post]")) putAside(form);
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

function putAside(form) {
  const action = form.getAttribute("action");
  const words = Object.entries(aside.get(action) || {});
  aside.delete(action);
  for (const [name, value] of words) {
    const field = form.elements[name];
    if (!field || field.value !== field.defaultValue) continue;
    field.value = value;
    if (field.closest("details")) field.closest("details").open = true;
  }
}

export function written(place) {
  const isChanged = (field) => field.value.trim() !== field.defaultValue.trim();
  const isAboutOne = (field) => ABOUT_ONE.test(field.form.getAttribute("action"));
  return [...place.querySelectorAll(WRITTEN)].filter((field) => isAboutOne(field) && isChanged(field));
}

function fields(panel) {
  return [...panel.querySelectorAll(TYPED)];
}
