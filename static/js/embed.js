// For a clinic's own site: makes each <iframe data-holdfast> as high as the booking page in it. It reads and tells nothing
// else. Without it the frame keeps its height attribute and scrolls.
(() => {
  const FRAMES = "iframe[data-holdfast]";
  const origin = (frame) => new URL(frame.src, location.href).origin;
  const ask = (frame) => frame.contentWindow.postMessage({ holdfast: "height" }, origin(frame));
  const sized = new WeakSet();

  addEventListener("message", ({ source, origin: from, data }) => {
    for (const frame of document.querySelectorAll(FRAMES)) {
      if (source === frame.contentWindow && from === origin(frame) && data?.holdfast > 0) {
        frame.style.height = `${data.holdfast}px`;
        sized.add(frame);
      }
    }
  });

  // Does not bubble, so it is caught on its way down; frames that are added later are caught too.
  document.addEventListener(
    "load",
    ({ target }) => {
      if (!target.matches?.(FRAMES)) return;
      ask(target);
      // The next page begins at its top, which may lie above what is on the screen.
      if (sized.has(target) && target.getBoundingClientRect().top < 0) target.scrollIntoView();
    },
    true,
  );

  document.querySelectorAll(FRAMES).forEach(ask);
})();
