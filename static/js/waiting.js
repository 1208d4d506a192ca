// Counts the minutes of those who wait on, by the server's clock.

const MINUTE = 60_000;

export function watchWaiting(root = document) {
  for (const list of root.querySelectorAll("[data-waiting]")) watch(list);
}

function watch(list) {
  const ahead = Date.parse(list.dataset.now) - performance.now();
  const timer = setInterval(tick, MINUTE / 4);
  tick();

  function tick() {
    if (!list.isConnected) return clearInterval(timer);
    const now = performance.now() + ahead;
    for (const place of list.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((now - Date.parse(place.dataset.since)) / MINUTE));
      const words = place.dataset.words.replace("{minutes}", minutes);
      if (place.textContent !== words) place.textContent = words;
    }
    return undefined;
  }
}
