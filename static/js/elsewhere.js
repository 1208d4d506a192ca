// Times are the clinic's. Where the reader's clock shows another time, say so, and which.

const lang = document.documentElement.lang;

for (const place of document.querySelectorAll("[data-elsewhere]")) {
  const { zone, instant, words } = place.dataset;
  const at = instant ? new Date(instant) : new Date();
  const here = shown(at);
  if (here !== shown(at, zone)) place.textContent = words.replace("{time}", here);
}

function shown(at, timeZone) {
  const format = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZone };
  return new Intl.DateTimeFormat(lang, format).format(at);
}
