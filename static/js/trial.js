// The page of a trial: the note is edited in place, and [ and ] open the trial before and after it.
(() => {
  "use strict";
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.open) target.querySelector("[data-trial-note] textarea")?.focus();
    },
    true,
  );
  document.addEventListener("reset", ({ target }) => {
    if (target.matches("[data-trial-note]")) target.closest("details").open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("[data-trial-note]")) {
      if (event.key === "Escape") event.target.form?.reset();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.form?.requestSubmit();
    }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const way = { "[": "[data-trial-previous]", "]": "[data-trial-next]" }[event.key];
    if (way) document.querySelector(way)?.click();
  });
})();
