// The trials table of a job: filter, order, page and columns without loading the page anew, all but the columns in the
// address; ticked trials to compare, which outlive paging, polling and a look at a trial; exports of what is shown.
(() => {
  "use strict";
  const MOST_COMPARED = 20;
  const TYPING_MS = 250;
  const tools = () => document.querySelector("[data-trials]");
  const form = () => document.querySelector("[data-trials-filter]");
  const shown = () => document.getElementById("live-trials");

  // --- Ticks: kept in the tab, by job -----------------------------------------------------------------------------
  const key = () => `ticked:${tools().dataset.trials}`;
  const ticked = () => new Set(JSON.parse(sessionStorage.getItem(key()) || "[]"));
  const keep = (numbers) => sessionStorage.setItem(key(), JSON.stringify([...numbers]));

  const showTicks = () => {
    if (!tools()) return;
    const numbers = ticked();
    const boxes = [...document.querySelectorAll("[data-trial-tick]")];
    for (const box of boxes) box.checked = numbers.has(box.value);
    const all = document.querySelector("[data-trials-tick-all]");
    if (all) {
      const count = boxes.filter((box) => box.checked).length;
      all.checked = count > 0 && count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    }
    const bar = document.querySelector("[data-trials-ticked]");
    const link = document.querySelector("[data-trials-compare]");
    bar.hidden = numbers.size === 0;
    link.hidden = numbers.size < 2;
    const first = [...numbers].map(Number).sort((a, b) => a - b).slice(0, MOST_COMPARED);
    link.textContent = numbers.size > MOST_COMPARED ? `Compare the first ${MOST_COMPARED} of ${numbers.size} trials` : `Compare ${numbers.size} trials`;
    link.href = `${link.dataset.trialsCompare}?${new URLSearchParams(first.map((number) => ["trial", number]))}`;
    bar.querySelector("[data-trials-untick]").textContent = numbers.size === 1 ? "1 ticked: untick" : "Untick all";
  };

  const tick = (boxes, on) => {
    const numbers = ticked();
    for (const box of boxes) on ? numbers.add(box.value) : numbers.delete(box.value);
    keep(numbers);
    showTicks();
  };

  // --- What is shown, as the address says --------------------------------------------------------------------------
  const showExports = () => {
    const state = document.querySelector("[data-trials-count]");
    if (!state || !tools()) return;
    for (const link of document.querySelectorAll("[data-trials-export]")) link.search = window.location.search;
    const { trialsCount: count, trialsTotal: total } = state.dataset;
    const words = (number) => `${Number(number).toLocaleString("en")} trial${number === "1" ? "" : "s"}`;
    tools().querySelector("[data-trials-exported]").textContent =
      count === total ? `All ${words(total)}` : `${Number(count).toLocaleString("en")} of ${words(total)}, as filtered,`;
  };

  const load = (method = "GET", address = tools().dataset.trials, values = {}) =>
    window.htmx.ajax(method, address + window.location.search, { target: "#live-trials", swap: "innerHTML", values });

  // The controls follow the address: after a removed chip, a tag that was clicked, or the browser's back.
  const fillForm = () => {
    const query = new URLSearchParams(window.location.search);
    for (const control of form().elements) {
      if (!control.name || control.name === "tab") continue;
      if (control.type === "checkbox") control.checked = query.getAll(control.name).includes(control.value);
      else if (control !== document.activeElement) control.value = query.get(control.name) || "";
    }
  };

  const show = (query, push) => {
    const address = `?${query}`;
    if (push) window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
    return load();
  };

  const filter = () => {
    const query = new URLSearchParams(window.location.search);
    for (const control of form().elements) if (control.name) query.delete(control.name);
    for (const [name, value] of new FormData(form())) if (value) query.append(name, value);
    query.delete("page");
    show(query, false);
  };

  const tellCount = () => {
    const { trialsCount: count, trialsTotal: total } = document.querySelector("[data-trials-count]").dataset;
    const text = `${count} of ${total} trials are in the box. The table of trials shows them.`;
    document.dispatchEvent(new CustomEvent("toast", { detail: { text } }));
  };

  let timer = null;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-trials-filter]")) return;
    clearTimeout(timer);
    timer = setTimeout(filter, TYPING_MS);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-trials-filter]")) return;
    event.preventDefault();
    clearTimeout(timer);
    filter();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#live-trials a[href^='?']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(new URLSearchParams(link.search), true).then(() => {
      if (link.closest(".pager")) shown().scrollIntoView({ block: "nearest" });
    });
    fillForm();
  });
  window.addEventListener("popstate", () => {
    if (!tools()) return;
    fillForm();
    load();
  });
  document.addEventListener("trials:brushed", ({ detail }) => {
    if (!form()) return;
    const query = new URLSearchParams(window.location.search);
    for (const name of ["brush", "least", "most", "page"]) query.delete(name);
    for (const brush of detail.brush) query.append("brush", brush);
    if (detail.objective) {
      query.set("least", detail.objective[0]);
      query.set("most", detail.objective[1]);
    }
    const boxed = detail.brush.length || detail.objective;
    show(query, false).then(() => boxed && tellCount()); // the table may be out of sight
    fillForm();
  });

  // --- Columns -------------------------------------------------------------------------------------------------------
  const columns = () => document.querySelector("[data-trials-columns]");
  const saveColumns = () => load("POST", columns().dataset.trialsColumns, { column: new FormData(columns()).getAll("column") });

  document.addEventListener("click", ({ target }) => {
    const all = target.closest("[data-trials-columns-all]");
    const none = target.closest("[data-trials-columns-none]");
    if (target.closest("[data-trials-untick]")) {
      keep([]);
      showTicks();
    }
    if (!all && !none) return;
    for (const box of columns().querySelectorAll("[name=column]")) {
      if (all) box.checked = true;
      else if (box.value.startsWith(none.dataset.trialsColumnsNone)) box.checked = false;
    }
    saveColumns();
  });

  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-trial-tick]")) tick([target], target.checked);
    if (target.matches("[data-trials-tick-all]")) tick(document.querySelectorAll("[data-trial-tick]"), target.checked);
    if (target.closest("[data-trials-columns]")) saveColumns();
  });

  // --- Polling asks for what the address shows now, and what has not changed stays as it is --------------------------
  let polled = null; // the address that the poll under way asks for
  let last = null; // what the last poll brought
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.hasAttribute("data-live-poll")) return;
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of new URLSearchParams(event.detail.path.split("?")[1] || "")) {
      if (name === "tab" && !query.has("tab")) query.set(name, value);
    }
    event.detail.path = `${event.detail.path.split("?")[0]}?${query}`;
    polled = window.location.search;
  });
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id !== "live-trials") return;
    const text = event.detail.fragment.innerHTML ?? event.detail.fragment.textContent;
    if (text === last || polled !== window.location.search) event.detail.shouldSwap = false;
    last = text;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "live-trials") last = null;
  });

  // A new table stands where the old one was scrolled to.
  let left = 0;
  const place = (event) => event.detail.target.id === "live-trials" && event.detail.target.querySelector(".table-scroll");
  const remember = (event) => { left = place(event)?.scrollLeft ?? left; };
  const restore = (event) => { if (place(event)) place(event).scrollLeft = left; };
  for (const name of ["htmx:beforeSwap", "htmx:oobBeforeSwap"]) document.addEventListener(name, remember);
  for (const name of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(name, restore);

  const refresh = () => {
    showTicks();
    showExports();
  };
  document.addEventListener("htmx:afterSettle", refresh);
  document.addEventListener("DOMContentLoaded", refresh);
  window.addEventListener("pageshow", refresh);
})();
