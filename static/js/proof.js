// Looks for the proof of work a clinic asks for while the person types or reads. The last form waits for it, should it be
// sent sooner; where it cannot be had the form goes without.

import { announce } from "./announce.js";

const field = document.querySelector("[data-proof]");
if (field && !field.value) seek();

function seek() {
  const { proof: challenge, bits, wait } = field.dataset;
  const worker = new Worker(new URL("proof_worker.js", import.meta.url), { type: "module" });
  const found = new Promise((done) => {
    worker.addEventListener("message", ({ data }) => done(data));
    worker.addEventListener("error", () => done(""));
  });
  let over = false;
  found.then((answer) => {
    over = true;
    field.value = answer;
    worker.terminate();
  });
  worker.postMessage({ challenge, bits: Number(bits) });
  if (!wait) return;
  field.form.addEventListener("submit", (event) => {
    if (over) return;
    event.preventDefault();
    announce(wait);
    found.then(() => field.form.requestSubmit(event.submitter));
  });
}
