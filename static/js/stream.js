// Hears from the server that days have changed; when nothing comes through, says so and tries again later.

const SILENCE = 5_000; // there is a beat every two seconds
const LONGEST_PAUSE = 60_000;

export function stream({ hear, deaf }) {
  let source = null;
  let about = "";
  let address = "";
  let works = false;
  let tries = 0;
  let watchdog = 0;
  let retry = 0;

  return { listen, rest, works: () => works };

  function listen(url, subject) {
    address = url;
    if (!url || document.hidden || (about === subject && (source || retry))) return;
    rest();
    about = subject;
    open();
  }

  function open() {
    retry = 0;
    source = new EventSource(address);
    source.addEventListener("version", (event) => alive(event.data));
    source.addEventListener("beat", () => alive(""));
    source.addEventListener("error", fail);
    watch();
  }

  function alive(version) {
    works = true;
    tries = 0;
    watch();
    hear(version);
  }

  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(fail, SILENCE);
  }

  function fail() {
    const worked = works;
    close();
    tries += 1;
    retry = setTimeout(open, Math.min(1_000 * 2 ** tries, LONGEST_PAUSE) * (0.75 + Math.random() / 2));
    if (worked) deaf();
  }

  function rest() {
    close();
    clearTimeout(retry);
    retry = 0;
    about = "";
  }

  function close() {
    clearTimeout(watchdog);
    source?.close();
    source = null;
    works = false;
  }
}
