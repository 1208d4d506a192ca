// The lock screen in the place of the page. The page itself is taken out of the document and kept in this module's
// memory: nothing of it is drawn, read aloud, found or selected while it is locked, and the half-typed form, the focus
// and the scroll are as they were when it comes back. The server decides who is locked; this only asks and draws.

const template = document.getElementById("lock-screen");
const limit = Number(template.dataset.minutes) * 60_000;
const others = new BroadcastChannel(`holdfast${template.dataset.state}`);
const BACKGROUND = { headers: { "X-Background": "1" } };
const GONE = 2_000;
let kept = null;
let last = Date.now();
let told = Date.now();

export const isLocked = () => kept !== null;

// For whoever fetched something: was the answer "locked"? Then the screen is up, and nothing else is to be done.
export function meetsLock(response) {
  if (response.status !== 423) return false;
  renew(response.headers.get("X-CSRF-Token"));
  lock();
  return true;
}

// The session had ended, and the lock is that of a new one: the forms of the page go on with its token.
function renew(token) {
  if (!token) return;
  for (const root of [document, template.content]) {
    for (const field of root.querySelectorAll("[name=csrf_token]")) field.value = token;
  }
}

export function lock({ tell = true } = {}) {
  if (kept) return;
  kept = {
    title: document.title,
    focus: document.activeElement,
    scroll: [scrollX, scrollY],
    scrolled: [...document.body.querySelectorAll("*")]
      .filter((one) => one.scrollTop || one.scrollLeft)
      .map((one) => [one, one.scrollTop, one.scrollLeft]),
    page: document.createDocumentFragment(),
  };
  kept.page.append(...document.body.childNodes);
  document.documentElement.dataset.locked = "";
  document.title = template.dataset.title;
  show(template.content.cloneNode(true));
  if (tell) others.postMessage("locked");
}

function unlock() {
  const { title, focus, scroll, scrolled, page } = kept;
  kept = null;
  last = told = Date.now();
  delete document.documentElement.dataset.locked;
  document.title = title;
  document.body.replaceChildren(page);
  for (const [one, top, left] of scrolled) Object.assign(one, { scrollTop: top, scrollLeft: left });
  scrollTo(...scroll);
  if (focus && focus !== document.body) focus.focus({ preventScroll: true });
  document.dispatchEvent(new Event("desk:refresh"));
}

function show(screen) {
  document.body.replaceChildren(screen);
  document.querySelector("[data-unlock]").addEventListener("submit", send);
  document.getElementById("lock-password").focus();
}

async function send(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } });
    if (response.status === 204) {
      unlock();
      others.postMessage("unlocked");
      return;
    }
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const refused = answer.querySelector("[data-region=lock]");
    if (refused) show(refused);
    else location.reload(); // signed out meanwhile, or the form is too old: the server's own screen says so
  } catch {
    document.getElementById("lock-error").textContent = template.dataset.wordsLost;
    button.disabled = false;
  }
}

// Asked in the background, so that asking does not count as somebody being there.
async function look() {
  try {
    const response = await fetch(template.dataset.state, BACKGROUND);
    if (response.status === 401) return location.reload();
    const state = await response.json();
    if (state.who !== template.dataset.who) return location.reload();
    if (state.locked) return lock();
    if (kept) return unlock();
    last = Date.now() - limit + (state.seconds ?? limit / 1000) * 1000;
  } catch {
    if (Date.now() - last >= limit) lock(); // no server is no reason to leave the page open
  }
  return undefined;
}

async function note() {
  if (Date.now() - told < Math.min(5_000, limit / 10)) return;
  told = Date.now();
  const token = template.content.querySelector("[name=csrf_token]").value;
  const response = await fetch(template.dataset.active, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => null);
  if (response) meetsLock(response);
}

function active() {
  if (kept) return;
  if (limit && Date.now() - last >= limit) {
    look(); // the machine slept: waking it is not being there
    return;
  }
  last = Date.now();
  if (limit) note();
}

function tick() {
  if (!kept && limit && Date.now() - last >= limit) look();
}

for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(kind, active, { capture: true, passive: true });
// The page's shortcuts do not reach a page that is not there.
for (const kind of ["keydown", "keyup", "keypress"]) {
  addEventListener(kind, (event) => kept && event.stopImmediatePropagation(), { capture: true });
}
others.addEventListener("message", ({ data }) => {
  if (data !== "unlocked") lock({ tell: false });
  if (data === "unlocked") look();
  if (data === "leaving") setTimeout(look, GONE); // by then the server knows, and its own screen comes instead
});
// Whoever signs out leaves no names in another tab, and a page taken out of the browser's memory asks whose it is now.
document.addEventListener("submit", (event) => "signOut" in event.target.dataset && others.postMessage("leaving"));
addEventListener("pageshow", (event) => event.persisted && look());
document.addEventListener("visibilitychange", () => document.hidden || tick());
if (limit) setInterval(tick, Math.min(5_000, limit / 10));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-lock-now]")) return;
  event.preventDefault();
  const { action } = event.target;
  const body = new URLSearchParams(new FormData(event.target));
  lock();
  // Out of reach, the server cannot be told; the screen still stands, and only the password takes it away.
  fetch(action, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => {});
});
