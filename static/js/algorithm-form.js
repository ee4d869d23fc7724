// Create algorithm: engine in two steps, autoSearch(S), live checks and preview, Generate Intelligently.
(() => {
  "use strict";

  const form = document.getElementById("algorithm-form");
  const WAIT = 300;

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

  // --- Live checks --------------------------------------------------------------------------------------------
  // Only what the reader has been at is complained about, until the form has been sent once.
  const isTouched = (element) => "submitted" in form.dataset || "touched" in element.dataset || Boolean(element.querySelector?.("[data-touched]"));

  const note = (element, kind, messages) => {
    const place = element.closest(".field") ?? element;
    const id = `${element.id}_${kind === "error" ? "error" : "warning"}`;
    let box = document.getElementById(id);
    if (!messages.length) {
      box?.remove();
    } else {
      if (!box) {
        box = document.createElement("div");
        box.id = id;
        box.className = `field-${kind}`;
        place.append(box);
      }
      if (box.innerText !== messages.join("\n")) {
        box.replaceChildren(...messages.map((message) => Object.assign(document.createElement("p"), { textContent: message })));
      }
    }
    const described = new Set((element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (messages.length) described.add(id);
    else described.delete(id);
    if (described.size) element.setAttribute("aria-describedby", [...described].join(" "));
    else element.removeAttribute("aria-describedby");
    if (kind !== "error") return;
    element.classList.toggle("is-invalid", messages.length > 0);
    if (messages.length) element.setAttribute("aria-invalid", "true");
    else element.removeAttribute("aria-invalid");
  };

  // The summary above the form, once it was sent: it follows what is corrected.
  const summary = form.querySelector("[data-form-errors]");
  const summarize = (problems) => {
    if (!summary) return;
    summary.hidden = !problems.length;
    summary.querySelector("[data-problems]").replaceChildren(
      ...problems.map(({ anchor, label, message }) => {
        const link = Object.assign(document.createElement("a"), { href: `#${anchor}`, textContent: label });
        link.dataset.goTo = anchor;
        const item = document.createElement("li");
        item.append(link, `: ${message}`);
        return item;
      }),
    );
  };

  const show = (answer) => {
    summarize(answer.problems);
    for (const element of form.querySelectorAll("[id]")) {
      if (!element.matches("input, select, textarea, fieldset, .rows-errors")) continue;
      note(element, "error", isTouched(element) ? answer.errors[element.id] ?? [] : []);
      note(element, "warning", answer.warnings[element.id] ?? []);
    }
    document.getElementById("preview-body").innerHTML = answer.preview; // rendered and escaped by the server
    const count = Object.keys(answer.errors).length;
    form.dataset.ready = count ? `${count} ${count === 1 ? "entry needs" : "entries need"} attention.` : "Ready to submit.";
    form.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
  };

  let timer = 0;
  let request = null;
  const check = async () => {
    request?.abort();
    request = new AbortController();
    form.dataset.checking = "";
    try {
      const response = await fetch(form.dataset.checkUrl, { method: "POST", body: new FormData(form), signal: request.signal });
      if (response.ok && !response.redirected) show(await response.json());
      delete form.dataset.checking;
    } catch (error) {
      if (error.name !== "AbortError") delete form.dataset.checking; // the check at Submit stays
    }
  };
  const checkSoon = () => {
    clearTimeout(timer);
    form.dataset.checking = "";
    timer = setTimeout(check, WAIT);
  };

  // --- Generate Intelligently ---------------------------------------------------------------------------------
  const generate = async (row) => {
    const { part, changed, scriptFields } = window.argmaxHyperparameters;
    const name = part(row, "name");
    if (!name.value.trim()) {
      note(name, "error", ["Enter the name first, as the script prints it."]);
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
  drawer.addEventListener("shown.bs.offcanvas", () => drawer.removeAttribute("aria-modal"));
  drawer.addEventListener("hide.bs.offcanvas", () => document.body.classList.remove("preview-open"));
  form.addEventListener("focusin", (event) => {
    const open = document.body.classList.contains("preview-open");
    if (!open || event.target.getBoundingClientRect().left < drawer.getBoundingClientRect().left) return;
    window.bootstrap.Offcanvas.getInstance(drawer).hide(); // it hides what has the focus
  });

  // --- Wiring -------------------------------------------------------------------------------------------------
  framework.addEventListener("change", narrowVersions);
  engine.addEventListener("change", showSearchSupport);
  tick.addEventListener("change", showSearch);
  form.addEventListener("focusout", (event) => {
    if (!event.target.matches("input, select, textarea") || !event.target.value) return;
    if (!("touched" in event.target.dataset)) checkSoon();
    event.target.dataset.touched = "";
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("input, select, textarea")) event.target.dataset.touched = "";
    if (event.target.matches("[data-sampler-tick]")) {
      event.target.closest("[data-sampler]").querySelector("[data-sampler-parameters]").hidden = !event.target.checked;
    }
    checkSoon();
  });
  form.addEventListener("input", checkSoon);
  form.addEventListener("input", (event) => {
    const row = event.target.matches("[name$=-pattern], [name$=-name]") && event.target.closest("[data-indicator]");
    if (row) row.querySelector("[data-explanation]").textContent = ""; // it was said of another pattern
  });
  form.addEventListener("rows:changed", checkSoon);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-generate]");
    if (button) generate(button.closest("[data-indicator]"));
  });
  for (const radio of form.elements.boot_mode) radio.addEventListener("change", showBootMode);
  narrowVersions();
  showBootMode();
  check();
})();
