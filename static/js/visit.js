// The page of a visit: copy its link, print it, and say what the reader's own clock will show.

import "./print_button.js";
import "./elsewhere.js";
import { announce } from "./announce.js";

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  source.addEventListener("focus", () => source.select());
  if (!navigator.clipboard) continue; // not on a page without TLS: there it is selected, to be copied by hand
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.value).catch(() => source.focus());
    announce(button.dataset.wordsDone);
  });
}
