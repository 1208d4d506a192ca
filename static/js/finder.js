// The way to the patients: into the search that is open, else beside the day; elsewhere the link leads to its page.

const link = document.querySelector("[data-finder]");

link?.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const input = document.querySelector("[data-search] input[name=q]");
  if (!input && !document.querySelector("[data-place=panel]")) return;
  event.preventDefault();
  if (input) {
    input.focus();
    input.select();
  } else {
    document.dispatchEvent(new CustomEvent("desk:show", { detail: link.href }));
  }
});
