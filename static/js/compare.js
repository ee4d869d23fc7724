// Trials side by side: rows that are the same in all can be left out.
(() => {
  "use strict";
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-compare-differing]")) return;
    for (const row of document.querySelectorAll("[data-same]")) row.hidden = target.checked;
  });
})();
