// Shortcuts: a key stands on what it presses (data-key). Off in inputs, with modifiers, and when the user says so.

const TYPED_INTO = "input, select, textarea, [contenteditable], dialog[open] *";

export function watchKeys(layout) {
  const sheet = document.getElementById("keys");
  document.querySelectorAll("[data-show-keys]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => sheet.showModal());
  });
  if (layout.dataset.shortcuts !== "1") return;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(TYPED_INTO)) return;
    if (event.key === "?") {
      event.preventDefault();
      sheet.showModal();
      return;
    }
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!pressed) return;
    event.preventDefault();
    press(pressed);
  });
}

function press(element) {
  if (!element.matches("input")) return element.click();
  element.focus();
  try {
    element.showPicker?.();
  } catch {
    // The browser wants a click for that; the field has the focus all the same.
  }
  return undefined;
}
