// Editable tables of a formset: add, delete, clear and move rows, keeping PREFIX-TOTAL_FORMS and every index right.
// The markup is described in docs/look.md ("Editable rows").
(() => {
  "use strict";

  const body = (rows) => rows.querySelector("[data-rows-body]");
  const list = (rows) => [...body(rows).children].filter((row) => row.tagName !== "TEMPLATE");
  const management = (rows, name) =>
    rows.closest("form")?.querySelector(`[name="${CSS.escape(`${rows.dataset.rows}-${name}`)}"]`);

  const renumberRow = (row, prefix, index) => {
    const pattern = new RegExp(`(^|\\s|id_|#)${RegExp.escape?.(prefix) ?? prefix}-(?:\\d+|__prefix__)(?=-|$|\\s|_)`, "g");
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of [...element.attributes]) {
        const value = attribute.value.replace(pattern, `$1${prefix}-${index}`);
        if (attribute.name !== "value" && value !== attribute.value) attribute.value = value;
      }
    }
    for (const label of row.querySelectorAll("[data-row-number]")) label.textContent = index + 1;
  };

  const refresh = (rows) => {
    const all = list(rows);
    const total = management(rows, "TOTAL_FORMS");
    const initial = management(rows, "INITIAL_FORMS");
    const most = Number(management(rows, "MAX_NUM_FORMS")?.value || 1000);
    const ticked = all.filter((row) => row.querySelector("[data-row-tick]")?.checked).length;
    if (total) total.value = all.length;
    if (initial) initial.value = Math.min(Number(initial.value), all.length);
    for (const shown of rows.querySelectorAll("[data-rows-count]")) shown.textContent = all.length;
    for (const empty of rows.querySelectorAll("[data-rows-empty]")) empty.hidden = all.length > 0;
    for (const button of rows.querySelectorAll("[data-rows-add]")) button.disabled = all.length >= most;
    for (const button of rows.querySelectorAll("[data-rows-clear]")) button.disabled = all.length === 0;
    for (const button of rows.querySelectorAll("[data-rows-delete]")) button.disabled = ticked === 0;
    for (const box of rows.querySelectorAll("[data-rows-tick-all]")) {
      box.checked = ticked > 0 && ticked === all.length;
      box.indeterminate = ticked > 0 && ticked < all.length;
    }
    all.forEach((row, index) => {
      for (const up of row.querySelectorAll("[data-row-up]")) up.disabled = index === 0;
      for (const down of row.querySelectorAll("[data-row-down]")) down.disabled = index === all.length - 1;
    });
  };

  const changed = (rows) => {
    list(rows).forEach((row, index) => renumberRow(row, rows.dataset.rows, index));
    refresh(rows);
    const detail = { prefix: rows.dataset.rows, count: list(rows).length };
    rows.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true, detail }));
  };

  const add = (rows) => {
    const template = rows.querySelector("template[data-row-template]");
    body(rows).append(template.content.cloneNode(true));
    const row = list(rows).at(-1);
    changed(rows);
    window.htmx?.process(row);
    row.querySelector("input:not([type=hidden]):not([data-row-tick]), select, textarea")?.focus();
    return row;
  };

  const remove = (rows, unwanted) => {
    const next = unwanted.at(-1)?.nextElementSibling ?? unwanted[0]?.previousElementSibling;
    for (const row of unwanted) row.remove();
    changed(rows);
    const place = next?.isConnected ? next.querySelector("[data-row-remove]") : null;
    (place ?? rows.querySelector("[data-rows-add]"))?.focus();
  };

  const move = (rows, row, step, button) => {
    const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    changed(rows);
    (button.disabled ? row.querySelector("[data-row-up]:enabled, [data-row-down]:enabled") : button)?.focus();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(
      "[data-rows-add], [data-rows-delete], [data-rows-clear], [data-row-remove], [data-row-up], [data-row-down]",
    );
    const rows = button?.closest("[data-rows]");
    if (!rows) return;
    const row = list(rows).find((candidate) => candidate.contains(button));
    if (button.matches("[data-rows-add]")) add(rows);
    else if (button.matches("[data-rows-clear]")) remove(rows, list(rows));
    else if (button.matches("[data-rows-delete]")) {
      remove(rows, list(rows).filter((candidate) => candidate.querySelector("[data-row-tick]")?.checked));
    } else if (button.matches("[data-row-remove]")) remove(rows, [row]);
    else move(rows, row, button.matches("[data-row-up]") ? -1 : 1, button);
  });

  document.addEventListener("change", (event) => {
    const rows = event.target.closest?.("[data-rows]");
    if (!rows || !event.target.matches("[data-row-tick], [data-rows-tick-all]")) return;
    if (event.target.matches("[data-rows-tick-all]")) {
      for (const tick of body(rows).querySelectorAll("[data-row-tick]")) tick.checked = event.target.checked;
    }
    refresh(rows);
  });

  const refreshIn = (root) => {
    if (root.matches?.("[data-rows]")) refresh(root);
    for (const rows of root.querySelectorAll?.("[data-rows]") ?? []) refresh(rows);
  };
  document.addEventListener("htmx:load", (event) => refreshIn(event.detail.elt));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => refreshIn(document));
  else refreshIn(document);

  // For page scripts that fill a table themselves.
  window.argmaxRows = { add, list, refresh: changed };
})();
