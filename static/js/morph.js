// Turns one piece of a page into another by changing only what differs: what is left alone keeps its focus, its
// scroll position and what was typed into it. Attributes that belong to the person or to a script stay as they are.

const THEIRS = new Set(["tabindex", "open"]);
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

export function morph(old, fresh) {
  const active = document.activeElement;
  const watched = { node: old.contains(active) ? active : null, heir: null };
  alike(old, fresh, watched);
  if (!watched.node || document.activeElement === watched.node) return;
  const heir = watched.node.isConnected ? watched.node : focusable(watched.heir);
  heir?.focus({ preventScroll: true });
}

function alike(old, fresh, watched) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  children(old, fresh, watched);
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!THEIRS.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (!THEIRS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function children(old, fresh, watched) {
  const wanted = [...fresh.childNodes];
  const names = new Set(wanted.map(nameOf).filter(Boolean));
  const known = new Map([...old.childNodes].map((child) => [nameOf(child), child]));
  const obsolete = (node) => !names.has(nameOf(node));
  let at = old.firstChild;

  for (const want of wanted) {
    const same = nameOf(want) && known.get(nameOf(want));
    known.delete(nameOf(want)); // a name that stands there twice is used once
    if (same) {
      while (at && at !== same && obsolete(at)) at = drop(at, same, watched);
      if (at === same) at = at.nextSibling;
      else old.insertBefore(same, at);
      alike(same, want, watched);
    } else if (at && obsolete(at) && at.nodeName === want.nodeName) {
      alike(at, want, watched);
      at = at.nextSibling;
    } else {
      const made = old.insertBefore(document.importNode(want, true), at);
      if (at && obsolete(at) && at.nodeType === want.nodeType) at = drop(at, made, watched);
    }
  }
  while (at) at = drop(at, old, watched);
}

function drop(node, heir, watched) {
  const next = node.nextSibling;
  if (watched.node && node.contains(watched.node)) watched.heir = heir;
  node.remove();
  return next;
}

// What an element stands for, so that it is found again among its new neighbours.
function nameOf(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const stands = node.id || node.getAttribute("href") || (node.localName === "button" && node.value) || node.getAttribute("name");
  return stands ? `${node.localName} ${stands}` : node.getAttribute("aria-labelledby") || "";
}

function focusable(node) {
  if (node?.nodeType !== Node.ELEMENT_NODE) return null;
  return node.matches(FOCUSABLE) ? node : node.querySelector(FOCUSABLE);
}
