// The page's one polite status region says what changed without a page load.

export function announce(text) {
  const region = document.getElementById("status");
  if (!region) return; // the lock screen stands in the page's place: what happens behind it is not said
  const line = region.querySelector(":scope > .unseen") || region.appendChild(newLine());
  line.textContent = "";
  // A region that is emptied and filled in one go is not read again when the words are the same.
  requestAnimationFrame(() => { line.textContent = text; });
}

function newLine() {
  const line = document.createElement("p");
  line.className = "unseen";
  return line;
}
