// Create algorithm: engine in two steps, autoSearch(S), preview, Generate Intelligently.
(() => {
  "use strict";

  const form = document.getElementById("algorithm-form");

  // --- Engine: framework, then version ------------------------------------------------------------------------
  const framework = form.querySelector("[data-framework]");
  const engine = form.querySelector("[data-engine]");
  const versions = [...engine.options];

  const narrowVersions = () => {
    const own = engine.value;
    engine.replaceChildren(...versions.filter((option) => option.dataset.framework === framework.value));
    if ([...engine.options].some((option) => option.value === own)) engine.value = own;
    showSearchSupport();
  };

  const tick = form.querySelector("[data-toggle-search]");
  const searchPart = form.querySelector("[data-search-part]");

  function showSearchSupport() {
    const why = (form.elements.boot_mode.value === "preset" && engine.selectedOptions[0]?.dataset.noSearch) || "";
    const note = form.querySelector("[data-no-search]:not(option)");
    note.textContent = why;
    note.hidden = !why;
    tick.disabled = Boolean(why);
    if (why) tick.checked = false;
    showSearch();
  }

  function showSearch() {
    searchPart.hidden = !tick.checked;
    if (!tick.checked) return;
    for (const prefix of ["indicators", "ranges"]) {
      const rows = form.querySelector(`[data-rows="${prefix}"]`);
      if (!window.argmaxRows.list(rows).length) {
        const focused = document.activeElement;
        window.argmaxRows.add(rows);
        focused?.focus({ preventScroll: true });
      }
    }
  }

  // --- Boot mode: an engine and a boot file, or an image and a boot command ------------------------------------
  const showBootMode = () => {
    const mode = form.elements.boot_mode.value;
    for (const part of form.querySelectorAll("[data-boot-part]")) part.hidden = part.dataset.bootPart !== mode;
    form.elements.code_directory.toggleAttribute("data-required", mode === "preset"); // an image may hold the code
    showSearchSupport();
  };

  // --- Live checks: static/js/live-check.js ----------------------------------------------------------------------
  form.dataset.ready = "Ready to submit.";
  form.addEventListener("form:checked", ({ detail }) => {
    document.getElementById("preview-body").innerHTML = detail.preview; // rendered and escaped by the server
  });

  // --- Generate Intelligently ---------------------------------------------------------------------------------
  const generate = async (row) => {
    const { part, changed, scriptFields } = window.argmaxHyperparameters;
    const name = part(row, "name");
    if (!name.value.trim()) {
      window.argmaxNote(name, "error", ["Enter the name first, as the script prints it."]);
      name.focus();
      return;
    }
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("indicator", name.value);
    for (const [field, value] of Object.entries(scriptFields())) body.append(field, value);
    body.append("sample", document.getElementById("workbench-text").value); // the log that was last tried
    const response = await fetch(form.dataset.patternUrl, { method: "POST", body });
    const answer = await response.json();
    part(row, "pattern").value = answer.pattern;
    if (answer.direction) part(row, "direction").value = answer.direction;
    row.querySelector("[data-explanation]").textContent = `This pattern ${answer.explanation}.`;
    changed(part(row, "pattern"));
  };

  // --- Preview: the form is filled in beside it, so it is no modal dialog ---------------------------------------
  const drawer = document.getElementById("preview");
  drawer.addEventListener("show.bs.offcanvas", () => document.body.classList.add("preview-open"));
  drawer.addEventListener("shown.bs.offcanvas", () => {
    drawer.removeAttribute("aria-modal");
    drawer.focus({ preventScroll: true });
  });
  drawer.addEventListener("hide.bs.offcanvas", () => document.body.classList.remove("preview-open"));
  const closePreview = (focused) => {
    drawer.addEventListener("hidden.bs.offcanvas", () => focused.focus({ preventScroll: true }), { once: true });
    window.bootstrap.Offcanvas.getInstance(drawer).hide();
  };
  form.addEventListener("focusin", (event) => {
    const open = drawer.classList.contains("show");
    if (!open || event.target.getBoundingClientRect().left < drawer.getBoundingClientRect().left) return;
    closePreview(event.target); // it lies over what has the focus
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawer.classList.contains("show")) closePreview(event.target);
  });

  // --- Wiring -------------------------------------------------------------------------------------------------
  framework.addEventListener("change", narrowVersions);
  engine.addEventListener("change", showSearchSupport);
  tick.addEventListener("change", showSearch);
  form.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-sampler-tick]")) return;
    target.closest("[data-sampler]").querySelector("[data-sampler-parameters]").hidden = !target.checked;
  });
  form.addEventListener("input", (event) => {
    const row = event.target.matches("[name$=-pattern], [name$=-name]") && event.target.closest("[data-indicator]");
    if (row) row.querySelector("[data-explanation]").textContent = ""; // it was said of another pattern
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-generate]");
    if (button) generate(button.closest("[data-indicator]"));
  });
  for (const radio of form.elements.boot_mode) radio.addEventListener("change", showBootMode);
  narrowVersions();
  showBootMode();
})();
