// Job details. Polling: what has come replaces what is shown only where it differs, so that an opened part or a
// selection stays; and the server is told which state of the table is shown here, so that it need not be sent again.
(() => {
  "use strict";
  const isPoll = (element) => element && element.hasAttribute && element.hasAttribute("data-live-poll");
  let shown = "";

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target && fragment && fragment.innerHTML === target.innerHTML) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (isPoll(event.target) && shown) event.detail.headers["X-Live-Known"] = shown;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (isPoll(event.target) && event.detail.successful) shown = event.detail.xhr.getResponseHeader("X-Live-Stamp") || "";
    else if (event.detail.successful) shown = ""; // something else may have changed the table
  });
})();

// The column of settings is shown or hidden; the server remembers which, for the results and for the other tabs. On a
// narrow window there is no room for a column: there the settings open above the tab, for the moment.
(() => {
  "use strict";
  const button = document.querySelector("[data-settings-toggle]");
  const job = button.closest(".job");
  const settings = document.getElementById(button.getAttribute("aria-controls"));
  const isShown = () => getComputedStyle(settings).display !== "none";
  const tell = () => button.setAttribute("aria-expanded", String(isShown()));

  const narrow = window.matchMedia("(max-width: 1099.98px)");
  const remembered = job.dataset.settings;

  button.addEventListener("click", () => {
    const shown = isShown();
    if (narrow.matches) job.dataset.settings = shown ? remembered : "open";
    else job.dataset.settings = shown ? "hidden" : "shown";
    tell();
    window.dispatchEvent(new Event("resize")); // charts and tables have another width now
    if (narrow.matches) return;
    const values = { settings: job.dataset.settings, tab: job.dataset.tab };
    window.htmx.ajax("POST", button.dataset.settingsToggle, { source: button, swap: "none", values });
  });
  const linked = document.getElementById(window.location.hash.slice(1));
  if (linked && settings.contains(linked) && !isShown()) {
    job.dataset.settings = "open"; // a link leads to one of them
    linked.scrollIntoView();
  }
  window.addEventListener("resize", tell);
  tell();
})();
