// Loaded before the page is painted: light, dark, or what the system says. Remembered in this browser.
(() => {
  "use strict";
  const KEY = "theme"; // the name the admin site uses too
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  const choice = () => {
    try {
      const stored = window.localStorage.getItem(KEY);
      return ["light", "dark"].includes(stored) ? stored : "auto";
    } catch {
      return "auto"; // storage is forbidden in this browser
    }
  };

  const apply = () => {
    const chosen = choice();
    const theme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
    const changed = root.dataset.bsTheme !== theme;
    root.dataset.bsTheme = theme;
    root.dataset.themeChoice = chosen;
    for (const button of document.querySelectorAll("[data-theme-value]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeValue === chosen));
    }
    if (changed) {
      document.dispatchEvent(new CustomEvent("theme:changed", { detail: { theme } }));
    }
  };

  apply();
  system.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.(".theme-toggle")) return void setTimeout(apply); // the admin site's own switch
    const button = event.target.closest?.("[data-theme-value]");
    if (!button) return;
    try {
      window.localStorage.setItem(KEY, button.dataset.themeValue);
    } catch {
      return; // nothing can be remembered: the system decides
    }
    apply();
  });
})();
