// The list of training jobs: ticked rows and what can be done with them.
(() => {
  "use strict";

  const ticks = () => [...document.querySelectorAll("[data-tick]")];
  const plural = (count) => `${count} job${count === 1 ? "" : "s"}`;

  const refresh = () => {
    const bar = document.querySelector("[data-bulk]");
    if (!bar) return;
    const all = ticks();
    const ticked = all.filter((box) => box.checked);
    const count = ticked.length;
    const stoppable = ticked.filter((box) => box.closest("tr").querySelector("[data-row-stop]:enabled")).length;
    bar.hidden = count === 0;
    bar.querySelector("[data-bulk-count]").textContent = count ? `${plural(count)} ticked` : "";
    const compare = bar.querySelector("[data-bulk-compare]");
    compare.hidden = count < 2;
    compare.search = new URLSearchParams(ticked.map((box) => ["job", box.value]));
    const button = bar.querySelector("[data-bulk-stop]");
    button.disabled = !stoppable;
    button.title = stoppable ? "" : "None of the ticked jobs can be stopped.";
    const stop = button.dataset;
    stop.confirmTitle = `Stop ${plural(stoppable)}?`;
    stop.confirmText = "Running trials are ended and those still waiting are dropped. Results so far are kept.";
    if (stoppable < count) stop.confirmText += " The other ticked jobs have ended.";
    stop.confirmButton = `Stop ${plural(stoppable)}`;
    const remove = bar.querySelector("[data-bulk-delete]").dataset;
    remove.confirmTitle = `Delete ${plural(count)}?`;
    remove.confirmText = "They go with their trials, results, logs and files on the console. Outputs in the object storage stay.";
    remove.confirmName = `delete ${plural(count)}`;
    remove.confirmButton = `Delete ${plural(count)}`;
    const master = document.querySelector("[data-tick-all]");
    master.checked = count > 0 && count === all.length;
    master.indeterminate = count > 0 && count < all.length;
  };

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-tick-all]")) for (const box of ticks()) box.checked = target.checked;
    if (target.matches("[data-tick], [data-tick-all]")) refresh();
  });
  document.addEventListener("htmx:afterSettle", refresh);
  window.addEventListener("pageshow", refresh);

  // Nobody looks: the next tick is soon enough.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "job-poll" && document.hidden) event.preventDefault();
  });
})();
