// The Object Storage pages: ticking rows, the deletion dialog, refreshing after uploads, drop-down panels.
(() => {
  "use strict";

  const listing = () => document.getElementById("listing");

  function countTicks() {
    const form = document.querySelector("[data-selection]");
    const button = form?.querySelector("[data-selection-button]");
    if (!button) return;
    const boxes = [...form.querySelectorAll('input[name="names"]')];
    const ticked = boxes.filter((box) => box.checked).length;
    button.disabled = ticked === 0;
    form.querySelector("[data-selection-count]").textContent = ticked ? `${ticked.toLocaleString("en")} selected` : "";
    const all = form.querySelector("[data-selection-all]");
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-selection-all]")) {
      document.querySelectorAll('[data-selection] input[name="names"]').forEach((box) => {
        box.checked = event.target.checked;
      });
    }
    if (event.target.closest("[data-selection]")) countTicks();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "delete-body") {
      const dialog = document.getElementById("delete-dialog");
      dialog.querySelectorAll("[data-needs-script]").forEach((part) => (part.hidden = false));
      bootstrap.Modal.getOrCreateInstance(dialog).show();
    }
    countTicks();
  });

  document.addEventListener("upload:done", (event) => {
    refresh();
    const drop = event.target.closest("[data-drop]");
    if (drop?.contains(document.activeElement)) drop.querySelector("summary").focus();
    if (drop) drop.open = false;
  });
  document.addEventListener("upload:failed", (event) => {
    if (event.detail.stored) refresh();
  });

  function refresh() {
    if (!listing()) return;
    const query = new URLSearchParams(location.search);
    query.delete("offset");
    htmx.ajax("GET", `${location.pathname}?${query}`, { target: "#listing", swap: "outerHTML" });
  }

  // Panels under a button close on Escape and on a click elsewhere, and take the focus when they open.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("[data-drop][open]").forEach((drop) => {
      const busy = drop.querySelector("[data-uploading]");
      if (!busy && !drop.contains(event.target)) drop.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const drop = event.key === "Escape" && event.target.closest?.("[data-drop][open]");
    if (!drop) return;
    drop.open = false;
    drop.querySelector("summary").focus();
  });
  document.querySelectorAll("[data-drop]").forEach((drop) => {
    drop.addEventListener("toggle", () => {
      if (drop.open) drop.querySelector('input[type="text"], input:not([type])')?.focus();
    });
  });

  countTicks();
})();
