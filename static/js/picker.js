// The Select dialog of object fields: [data-object-field] holds the input and a [data-picker-open] button.
// The input's data-kind, data-suffix, data-base-input and data-relative say what may be chosen.
(() => {
  "use strict";

  const ROWS = "button.picker-entry, [data-picker-choose]";
  let dialog = null;
  let input = null;

  function build() {
    const made = document.createElement("div");
    made.className = "modal fade";
    made.id = "picker-dialog";
    made.tabIndex = -1;
    made.setAttribute("aria-labelledby", "picker-title");
    made.innerHTML = `
      <div class="modal-dialog modal-lg modal-dialog-scrollable modal-fullscreen-sm-down">
        <div class="modal-content">
          <div class="modal-header">
            <h2 class="modal-title" id="picker-title"></h2>
            <button type="button" class="btn-close" data-bs-dismiss="modal" aria-label="Close"></button>
          </div>
          <div class="modal-body" id="picker-body"></div>
          <div class="modal-footer">
            <code class="picker-address" data-picker-address></code>
            <button type="button" class="btn btn-outline-secondary" data-bs-dismiss="modal">Cancel</button>
            <button type="button" class="btn btn-primary" data-picker-choose-place>Choose this folder</button>
          </div>
        </div>
      </div>`;
    document.body.append(made);
    made.addEventListener("shown.bs.modal", focusList);
    made.addEventListener("hidden.bs.modal", () => input?.focus());
    made.addEventListener("keydown", onKey);
    made.addEventListener("click", onClick);
    made.addEventListener("upload:done", (event) => {
      const { folder } = event.detail;
      reload(folder && input.dataset.kind !== "file" ? `${place()}${folder}/` : place());
    });
    // After the settling, not the swap: until then the new buttons do not answer to keys.
    made.addEventListener("htmx:afterSettle", (event) => {
      if (event.detail.target.id !== "picker-body") return;
      showPlace();
      focusList();
    });
    return made;
  }

  function baseOf(field) {
    const other = field.dataset.baseInput && document.querySelector(field.dataset.baseInput);
    return other ? other.value.trim() : "";
  }

  function startOf(field) {
    const value = field.value.trim();
    const base = baseOf(field);
    if (!value || value.startsWith("obs://") || !base) return value;
    return `${base.replace(/\/*$/, "/")}${value}`;
  }

  function open(field) {
    input = field;
    dialog ??= build();
    const what = field.dataset.what || field.dataset.kind || "object";
    dialog.querySelector("#picker-title").textContent = `Select ${what}`;
    dialog.querySelector("[data-picker-choose-place]").hidden = field.dataset.kind === "file";
    dialog.querySelector("[data-picker-address]").textContent = "";
    dialog.querySelector("#picker-body").replaceChildren();
    const query = new URLSearchParams({
      kind: field.dataset.kind || "folder",
      suffix: field.dataset.suffix || "",
      base: baseOf(field),
      uri: startOf(field),
    });
    load(`${field.dataset.picker}?${query}`);
    bootstrap.Modal.getOrCreateInstance(dialog).show();
  }

  function load(url) {
    return htmx.ajax("GET", url, { target: "#picker-body", swap: "innerHTML" });
  }

  function place() {
    return dialog.querySelector("[data-picker-place]")?.dataset.pickerPlace || "";
  }

  function showPlace() {
    const suffix = input.dataset.suffix;
    const hint = suffix ? `Choose a ${suffix.split(" ").join(" or ")} file` : "Choose a file";
    const isFile = input.dataset.kind === "file";
    dialog.querySelector("[data-picker-address]").textContent = isFile ? hint : place() || "Open a bucket";
    dialog.querySelector("[data-picker-choose-place]").disabled = !place();
  }

  function reload(uri) {
    const query = new URLSearchParams({
      kind: input.dataset.kind || "folder",
      suffix: input.dataset.suffix || "",
      base: baseOf(input),
      uri,
    });
    load(`${input.dataset.picker}?${query}`);
  }

  function choose(uri) {
    const base = baseOf(input).replace(/\/*$/, "/");
    const relative = "relative" in input.dataset && baseOf(input) && uri.startsWith(base);
    input.value = relative ? uri.slice(base.length) : uri;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    bootstrap.Modal.getInstance(dialog).hide();
  }

  function onClick(event) {
    const chosen = event.target.closest("[data-picker-choose]");
    if (chosen) return choose(chosen.dataset.pickerChoose);
    if (event.target.closest("[data-picker-choose-place]")) return choose(place());
    const toggle = event.target.closest("[data-picker-toggle]");
    if (!toggle) return undefined;
    const wanted = dialog.querySelector(toggle.dataset.pickerToggle);
    const show = wanted.hidden;
    dialog.querySelectorAll("[data-picker-toggle]").forEach((other) => {
      const panel = dialog.querySelector(other.dataset.pickerToggle);
      panel.hidden = !(show && panel === wanted);
      other.setAttribute("aria-expanded", String(!panel.hidden));
    });
    if (show) wanted.querySelector('input:not([type="hidden"])')?.focus();
    return undefined;
  }

  function focusList() {
    const rows = dialog.querySelectorAll(`.picker-list :is(${ROWS})`);
    (dialog.querySelector("[data-picker-focus]") || rows[0] || dialog.querySelector(".picker input, .picker button"))?.focus({ preventScroll: true });
  }

  // Up and down walk the list, left and Backspace go to the folder above, right opens a folder.
  function onKey(event) {
    const row = event.target.closest?.(".picker-row");
    if (event.key === "ArrowDown" && event.target.id === "picker-filter") {
      event.preventDefault();
      focusList();
    }
    if (!row) return;
    const rows = [...dialog.querySelectorAll(".picker-row")].filter((other) => other.querySelector(ROWS));
    const at = rows.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      rows[Math.max(0, Math.min(rows.length - 1, to))].querySelector(ROWS).focus();
    } else if (event.key === "ArrowRight") {
      row.querySelector("button.picker-entry[hx-get]")?.click();
    } else if (event.key === "ArrowLeft" || event.key === "Backspace") {
      event.preventDefault();
      [...dialog.querySelectorAll("[data-picker-up]")].at(-1)?.click();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picker-open]");
    if (button) open(button.closest("[data-object-field]").querySelector("input"));
  });
})();
