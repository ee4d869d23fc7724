// `<form data-draft>` keeps what is typed over a reload and the browser's *back*, in the tab's own storage.
//
// A fresh visit starts with the server's form, and so does an answer that shows errors (`data-guard="changed"`).
// Passwords and other secret fields are never stored. Load it after rows.js and before the page's own script.
(() => {
  "use strict";

  const PAUSE = 300; // ms without typing before a draft is stored
  const key = () => `draft:${window.location.pathname}${window.location.search}`;

  const isKept = (control) =>
    control.name && control.name !== "csrfmiddlewaretoken" && !["password", "file", "submit", "button"].includes(control.type);
  const controls = (form) => [...form.elements].filter(isKept);
  const isBox = (control) => control.type === "checkbox" || control.type === "radio";

  const valueOf = (control) => {
    if (isBox(control)) return control.checked;
    return control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value;
  };
  const entryName = (control) => (isBox(control) ? `${control.name}=${control.value}` : control.name);

  const store = (form) => {
    const draft = Object.fromEntries(controls(form).map((control) => [entryName(control), valueOf(control)]));
    try {
      sessionStorage.setItem(key(), JSON.stringify(draft));
    } catch {
      // A full or forbidden storage costs the draft only.
    }
  };

  const restoreRows = (form, draft) => {
    for (const rows of form.querySelectorAll("[data-rows]")) {
      const wanted = Number(draft[`${rows.dataset.rows}-TOTAL_FORMS`] ?? 0);
      while (window.argmaxRows.list(rows).length < wanted) window.argmaxRows.add(rows);
      for (const row of window.argmaxRows.list(rows).slice(wanted)) row.remove();
      window.argmaxRows.refresh(rows);
    }
    document.activeElement?.blur();
  };

  const restore = (form) => {
    const draft = JSON.parse(sessionStorage.getItem(key()) ?? "null");
    if (!draft) return;
    restoreRows(form, draft);
    for (const control of controls(form)) {
      const value = draft[entryName(control)];
      if (value === undefined || control.name.endsWith("_FORMS")) continue;
      if (isBox(control)) control.checked = value;
      else if (control.multiple) for (const option of control.options) option.selected = value.includes(option.value);
      else control.value = value;
    }
  };

  const start = (form) => {
    const arrival = performance.getEntriesByType("navigation")[0]?.type;
    if (["reload", "back_forward"].includes(arrival) && form.dataset.guard !== "changed") restore(form);
    let timer;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => store(form), PAUSE);
    };
    for (const kind of ["input", "change", "rows:changed", "htmx:afterSettle"]) form.addEventListener(kind, later);
    window.addEventListener("pagehide", () => store(form));
  };

  document.querySelectorAll("form[data-draft]").forEach(start);
})();
