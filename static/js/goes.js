// Where a form says which day or whose, choosing is enough. Who types, or walks by keys, is not hurried: Enter, or Go.

export function watchGoing(layout) {
  let byKeys = false;
  layout.addEventListener("keydown", (event) => { byKeys = Boolean(event.target.closest("[data-goes]")); });
  layout.addEventListener("pointerdown", () => { byKeys = false; });
  layout.addEventListener("change", (event) => {
    const form = event.target.closest("[data-goes]");
    if (form && !byKeys && form.reportValidity()) form.requestSubmit();
  });
}
