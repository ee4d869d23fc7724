// Create training job: ranges, what they open, and the parts that depend on a choice.
(() => {
  "use strict";

  const form = document.querySelector("form[data-create-job]");
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const preflight = document.getElementById("preflight");
  const show = (element, shown) => element && (element.hidden = !shown);

  // --- A hyperparameter: value, range or removed --------------------------------------------------------------
  const arrange = (row) => {
    const removedInput = row.querySelector("input[name$='-removed']");
    const removed = removedInput?.value === "True";
    const toggle = row.querySelector("[data-range-toggle]");
    const searched = Boolean(toggle?.checked) && !removed;
    row.classList.toggle("is-removed", removed);
    row.toggleAttribute("data-searched", searched);
    if (toggle) toggle.disabled = removed;
    show(row.querySelector("[data-value-part]"), !searched && !removed);
    show(row.querySelector("[data-range-part]"), searched);
    show(row.querySelector("[data-removed-part]"), removed);
    show(row.querySelector("[data-remove]"), !removed);
    show(row.querySelector("[data-restore]"), removed);
  };

  const arrangeSearch = () => {
    const ranges = all("[data-hyperparameter][data-searched]").length;
    const off = all("[data-range-toggle]:not(:checked):not(:disabled)").length;
    show(form.querySelector("[data-range-all]"), off > 0 && ranges + off > 1);
    show(document.getElementById("section-search"), ranges > 0);
    form.dataset.ready = readyWords(ranges);
    form.dispatchEvent(new CustomEvent("form:changed"));
  };

  const readyWords = (ranges) => {
    const refuted = preflight.querySelector("[data-preflight-problem]") && !("stale" in preflight.dataset);
    if (refuted) return "Can be submitted, but its pre-flight has found a problem.";
    const typed = (name) => form.querySelector(`[name='search-${name}']`)?.value;
    if (ranges) return `Ready: searches ${ranges} hyperparameter${ranges > 1 ? "s" : ""} in ${typed("num_samples") || "?"} trials.`;
    const value = typed("indicator") ? `, and ${typed("indicator")} is read from its log` : "";
    return `Ready: no range is switched on, so the script runs once${value}.`;
  };

  // --- Pre-flight: what it has found holds for the form as it was ----------------------------------------------
  const arrangePreflight = () => show(preflight.querySelector("[data-preflight-stale]"), "stale" in preflight.dataset);
  const outdate = ({ target }) => {
    if (target.closest?.("#section-preflight") || !preflight.childElementCount) return;
    preflight.dataset.stale = "";
    arrangePreflight();
    arrangeSearch();
  };

  const switchOnAll = () => {
    const toggles = all("[data-range-toggle]:not(:checked):not(:disabled)");
    for (const toggle of toggles) {
      toggle.checked = true;
      toggle.dispatchEvent(new Event("change", { bubbles: true }));
    }
    toggles[0].focus(); // the button is gone
  };

  const setRemoved = (button, removed) => {
    const row = button.closest("[data-hyperparameter]");
    const input = row.querySelector("input[name$='-removed']");
    input.value = removed ? "True" : "";
    arrange(row);
    input.dispatchEvent(new Event("change", { bubbles: true }));
    row.querySelector(removed ? "[data-restore]" : "[data-remove]").focus();
  };

  // --- The search algorithm and its parameters ----------------------------------------------------------------
  // What an algorithm was created with is taken over unless the reader has typed something else.
  const chooseSampler = (select) => {
    for (const part of all("[data-sampler]")) {
      const chosen = part.dataset.sampler === select.value;
      show(part, chosen);
      if (!chosen) continue;
      for (const [name, value] of [["num_samples", part.dataset.numSamples], ["seed", part.dataset.seed]]) {
        const input = form.querySelector(`[name='search-${name}']`);
        if (!input.dataset.typed) input.value = value;
      }
    }
  };

  // --- Resources and limits -----------------------------------------------------------------------------------
  const arrangeAutoStop = () => {
    const custom = form.querySelector("[name='auto_stop']").value === "custom";
    show(form.querySelector("[data-auto-stop-hours]"), custom);
  };

  const arrangeFlavors = () => {
    const select = form.querySelector("[name='flavor']");
    const kinds = new Map(select.dataset.resourceTypes.split(",").map((entry) => entry.split(":")));
    const wanted = form.querySelector("[name='resource_type']").value;
    for (const option of select.options) {
      const fits = !option.value || kinds.get(option.value) === wanted;
      option.hidden = option.disabled = !fits;
      if (!fits && option.selected) select.value = "";
    }
  };

  // --- Secret variables ---------------------------------------------------------------------------------------
  const arrangeVariable = (row) => {
    const value = row.querySelector("[name$='-value']");
    value.type = row.querySelector("[name$='-secret']").checked ? "password" : "text";
    value.autocomplete = "new-password";
  };

  const arrangeAll = () => {
    all("[data-hyperparameter]").forEach(arrange);
    all("[data-variable]").forEach(arrangeVariable);
    arrangeAutoStop();
    arrangeFlavors();
    arrangeSearch();
  };

  form.addEventListener("change", ({ target }) => {
    if (target.matches("[data-range-toggle]")) {
      const row = target.closest("[data-hyperparameter]");
      arrange(row);
      if (target.checked) row.querySelector("[data-range-part] input")?.focus();
    }
    if (target.matches("[data-sampler-select]")) chooseSampler(target);
    if (target.matches("[name='auto_stop']")) arrangeAutoStop();
    if (target.matches("[name='resource_type']")) arrangeFlavors();
    if (target.matches("[name^='env-'][name$='-secret']")) arrangeVariable(target.closest("[data-variable]"));
    arrangeSearch();
  });
  form.addEventListener("input", ({ target }) => {
    if (!target.matches("[name='search-num_samples'], [name='search-seed']")) return;
    target.dataset.typed = "true";
    arrangeSearch();
  });
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-remove], [data-restore]");
    if (button) setRemoved(button, button.matches("[data-remove]"));
    if (target.matches("[data-range-all]")) switchOnAll();
  });
  for (const kind of ["input", "change", "rows:changed"]) form.addEventListener(kind, outdate);
  form.addEventListener("htmx:beforeRequest", ({ target }) => {
    if (!target.matches("[data-preflight-run]")) return;
    delete preflight.dataset.stale;
    preflight.dataset.awaited = "";
  });
  preflight.addEventListener("htmx:afterSettle", () => {
    arrangePreflight();
    arrangeSearch();
    if (!("awaited" in preflight.dataset) || !preflight.querySelector("[role]")) return;
    delete preflight.dataset.awaited; // it has ended: the report is longer than what stood there
    preflight.scrollIntoView({ block: "nearest" });
  });
  form.addEventListener("htmx:afterSwap", ({ target }) => {
    if (target.id !== "algorithm-sections") return;
    const address = new URL(window.location);
    address.search = new URLSearchParams({ algorithm: form.querySelector("[name='algorithm']").value });
    window.history.replaceState(window.history.state, "", address); // so that a reload keeps the algorithm
    arrangeAll();
    form.dispatchEvent(new Event("change"));
  });
  window.addEventListener("pageshow", arrangeAll);
  arrangeAll();
})();
