// The chosen visit sets how long the time is held, at once; nothing else of the form is touched.

import { announce } from "./announce.js";
import { meetsLock } from "./lock.js";

export function watchFit(panel) {
  const button = panel.querySelector("[data-fits]");
  if (!button) return;
  button.hidden = true;
  panel.addEventListener("change", (event) => {
    if (event.target.matches("[data-fit]")) fit(panel, button, event.target);
  });
}

async function fit(panel, button, changed) {
  const selects = [...panel.querySelectorAll("[data-fit]")];
  selects.forEach((select) => { select.value = changed.value; });
  const body = new URLSearchParams({ csrf_token: button.form.elements.csrf_token.value, type_id: changed.value });
  const response = await fetch(button.formAction, { method: "POST", body, headers: { "X-Fragment": "1" } }).catch(() => null);
  if (!response || meetsLock(response) || !panel.isConnected || selects[0].value !== body.get("type_id")) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-region=fit]");
  if (!fresh) {
    panel.dispatchEvent(new Event("over")); // not held here any more: it says what became of it
    return;
  }
  panel.querySelector("[data-region=fit]").replaceWith(fresh);
  const title = panel.querySelector("#panel-title");
  title.textContent = page.querySelector("#panel-title").textContent;
  announce(fresh.querySelector("strong")?.textContent || title.textContent);
  document.dispatchEvent(new Event("desk:refresh"));
}
