// Create algorithm, the tables: the Restrain dialog, and the automatic search parameters that follow the hyperparameters.
(() => {
  "use strict";

  const form = document.getElementById("algorithm-form");
  const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const changed = (element) => {
    element.dataset.touched = "";
    element.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // --- Hyperparameters as the page knows them -----------------------------------------------------------------
  const hyperparameters = () =>
    [...form.querySelectorAll("[data-hyperparameter]")]
      .filter((row) => !row.closest("template") && part(row, "name").value.trim())
      .map((row) => ({
        row,
        name: part(row, "name").value.trim(),
        type: part(row, "type").value,
        restraint: part(row, "restraint").value,
        lower: part(row, "lower").value,
        upper: part(row, "upper").value,
        choices: part(row, "choices").value,
      }));

  const restraintWords = (row) => {
    const kind = part(row, "restraint").value;
    if (kind === "choices") return part(row, "choices").value.split("\n").map((line) => line.trim()).filter(Boolean).join(", ") || "None";
    if (kind === "range") return `${part(row, "lower").value || "−∞"} to ${part(row, "upper").value || "∞"}`;
    return "None";
  };

  const showRestraint = (row) => {
    const words = row.querySelector("[data-restraint-words]");
    words.textContent = restraintWords(row);
    words.parentElement.title = words.textContent === "None" ? "" : words.textContent;
  };

  // --- Restrain dialog ----------------------------------------------------------------------------------------
  const dialog = document.getElementById("restrain");
  const field = (name) => dialog.querySelector(`#restrain-${name}`);
  let restrained = null;

  const showParts = () => {
    for (const one of dialog.querySelectorAll("[data-restrain-part]")) one.hidden = one.dataset.restrainPart !== field("kind").value;
    dialog.querySelector("[data-restrain-problem]").textContent = "";
  };

  const openRestrain = (row) => {
    restrained = row;
    const numeric = ["Integer", "Float"].includes(part(row, "type").value);
    field("kind").value = part(row, "restraint").value;
    field("kind").querySelector("[value=range]").disabled = !numeric;
    dialog.querySelector("[data-restrain-note]").textContent = numeric ? "" : "A range needs type Integer or Float.";
    for (const name of ["lower", "upper", "choices"]) field(name).value = part(row, name).value;
    dialog.querySelector("[data-restrain-name]").textContent = part(row, "name").value;
    showParts();
    window.bootstrap.Modal.getOrCreateInstance(dialog).show();
  };

  const restraintProblem = () => {
    const kind = field("kind").value;
    const [lower, upper] = ["lower", "upper"].map((name) => field(name).value.trim());
    if (kind === "choices" && !field("choices").value.trim()) return "Give at least one value.";
    if (kind !== "range") return "";
    if (!lower && !upper) return "Give a lower bound, an upper bound or both.";
    if ([lower, upper].some((text) => text && !Number.isFinite(Number(text)))) return "Both bounds have to be numbers.";
    return lower && upper && Number(lower) > Number(upper) ? "The lower bound is above the upper bound." : "";
  };

  const acceptRestraint = () => {
    const problem = restraintProblem();
    dialog.querySelector("[data-restrain-problem]").textContent = problem;
    if (problem) return;
    const kind = field("kind").value;
    part(restrained, "restraint").value = kind;
    for (const name of ["lower", "upper"]) part(restrained, name).value = kind === "range" ? field(name).value.trim() : "";
    part(restrained, "choices").value = kind === "choices" ? field("choices").value : "";
    showRestraint(restrained);
    window.bootstrap.Modal.getInstance(dialog).hide();
    changed(part(restrained, "restraint"));
  };

  // --- Automatic search parameters ----------------------------------------------------------------------------
  const offerNames = (select, names) => {
    const own = select.value;
    const offered = [["", "Choose"], ...[...new Set([...names, ...(own ? [own] : [])])].map((name) => [name, name])];
    select.replaceChildren(...offered.map(([value, text]) => new Option(text, value, false, value === own)));
  };

  const refreshRanges = () => {
    const names = hyperparameters().map((one) => one.name);
    for (const select of form.querySelectorAll("[data-range-name]")) offerNames(select, names);
    const template = form.querySelector('[data-rows="ranges"] template').content.querySelector("[data-range-name]");
    offerNames(template, names);
    form.querySelectorAll("[data-range]").forEach(showKind);
  };

  const showKind = (row) => {
    const byValues = part(row, "kind").value === "choices";
    for (const one of row.querySelectorAll(".for-range")) one.hidden = byValues;
    for (const one of row.querySelectorAll(".for-choices")) one.hidden = !byValues;
  };

  // What a row starts from when its hyperparameter is chosen; what was typed before is kept.
  const startRange = (row) => {
    const chosen = hyperparameters().find((one) => one.name === part(row, "name").value);
    if (!chosen) return;
    const byValues = !["Integer", "Float"].includes(chosen.type) || chosen.restraint === "choices";
    part(row, "kind").value = byValues ? "choices" : "range";
    const fill = (name, value) => {
      if (value && !part(row, name).value) part(row, name).value = value;
    };
    if (byValues) fill("choices", chosen.choices || (chosen.type === "Boolean" ? "True\nFalse" : ""));
    else if (chosen.restraint === "range") ["lower", "upper"].forEach((name) => fill(name, chosen[name]));
    showKind(row);
  };

  const rename = (input) => {
    const [before, now] = [input.dataset.before, input.value.trim()];
    if (before && now && before !== now && !hyperparameters().some((one) => one.name === before)) {
      for (const select of form.querySelectorAll("[data-range-name]")) {
        if (select.value === before) select.options[select.selectedIndex].value = now;
      }
    }
    input.dataset.before = now;
  };

  // --- Wiring -------------------------------------------------------------------------------------------------
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-restrain]");
    if (button) openRestrain(button.closest("[data-hyperparameter]"));
  });
  form.addEventListener("focusin", (event) => {
    if (event.target.matches('[data-hyperparameter] [name$="-name"]')) event.target.dataset.before = event.target.value.trim();
  });
  form.addEventListener("change", (event) => {
    const row = event.target.closest("[data-range]");
    if (event.target.matches('[data-hyperparameter] [name$="-name"]')) rename(event.target);
    if (event.target.matches("[data-range-name]")) startRange(row);
    else if (event.target.matches("[data-range-kind]")) showKind(row);
    else if (event.target.closest("[data-hyperparameter]")) refreshRanges();
  });
  form.addEventListener("rows:changed", refreshRanges);
  field("kind").addEventListener("change", showParts);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    acceptRestraint();
  });
  dialog.addEventListener("hidden.bs.modal", () => restrained?.querySelector("[data-restrain]")?.focus());
  refreshRanges();
  form.querySelectorAll("[data-hyperparameter]").forEach(showRestraint);

  // What the server finds the script by, for whatever asks about its source.
  const scriptFields = () => {
    const names = ["boot_mode", "code_directory", "boot_file", "boot_command"];
    return Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
  };

  // For the other scripts of the page.
  window.argmaxHyperparameters = { hyperparameters, part, showRestraint, refreshRanges, changed, scriptFields };
})();
