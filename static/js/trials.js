// The trials table of a job: filters kept in the address, ticked trials to compare, exports of what is shown.
(() => {
  "use strict";
  const ticked = new Set();
  const form = () => document.querySelector("[data-trials-filter]");

  const showTicks = () => {
    for (const box of document.querySelectorAll("[data-trial-tick]")) box.checked = ticked.has(box.value);
    const link = document.querySelector("[data-trials-compare]");
    if (!link) return;
    link.hidden = ticked.size < 2;
    link.textContent = `Compare ${ticked.size} trials`;
    const query = new URLSearchParams([...ticked].map((number) => ["trial", number]));
    link.href = `${link.dataset.trialsCompare}?${query}`;
  };

  const showExports = () => {
    for (const link of document.querySelectorAll("[data-trials-export]")) link.search = window.location.search;
    const clear = document.querySelector("[data-trials-clear]");
    const query = new URLSearchParams(window.location.search);
    if (clear) clear.hidden = !["q", "status", "brush", "least", "most"].some((name) => query.get(name));
  };

  const show = (query) => {
    query.delete("page");
    window.history.replaceState(null, "", `?${query}`);
    window.htmx.ajax("GET", `${form().dataset.trialsFilter}?${query}`, { target: "#live-trials", swap: "innerHTML" });
    showExports();
  };

  const filter = () => {
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of new FormData(form())) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    show(query);
  };

  let timer = null;
  document.addEventListener("input", (event) => {
    if (!event.target.closest("[data-trials-filter]")) return;
    clearTimeout(timer);
    timer = setTimeout(filter, 250);
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-trials-filter]")) return;
    event.preventDefault();
    filter();
  });

  document.addEventListener("trials:brushed", ({ detail }) => {
    if (!form()) return;
    const query = new URLSearchParams(window.location.search);
    for (const name of ["brush", "least", "most"]) query.delete(name);
    for (const brush of detail.brush) query.append("brush", brush);
    if (detail.objective) {
      query.set("least", detail.objective[0]);
      query.set("most", detail.objective[1]);
    }
    show(query);
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-trial-tick]")) return;
    if (target.checked) ticked.add(target.value);
    else ticked.delete(target.value);
    showTicks();
  });
  document.addEventListener("htmx:afterSettle", showTicks);
  // Polling asks for what the address shows now, not for what it showed when the page was opened.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.hasAttribute("data-live-poll")) {
      const query = new URLSearchParams(window.location.search);
      for (const [name, value] of new URLSearchParams(event.detail.path.split("?")[1] || "")) {
        if (name === "tab" && !query.has("tab")) query.set(name, value);
      }
      event.detail.path = `${event.detail.path.split("?")[0]}?${query}`;
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    showTicks();
    showExports();
  });
})();
