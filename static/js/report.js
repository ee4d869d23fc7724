// The report of a job: its figures as charts-draw.js, which comes after this, draws them; in the reader's theme,
// which a button changes. There is no server: nothing is asked for, and charts have no tools but Plotly's own.
(() => {
  "use strict";
  const charts = (window.argmaxCharts = {
    address: () => ({ search: "" }),
    tools: () => document.createElement("div"),
  });
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const choose = (theme) => {
    root.dataset.bsTheme = theme;
    for (const box of document.querySelectorAll("[data-figure]")) charts.draw(box);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-figure]")) {
      box.chartFigure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
      box.chartSwitches = new Set();
    }
    document.querySelector("[data-theme-switch]").addEventListener("click", () => choose(root.dataset.bsTheme === "dark" ? "light" : "dark"));
    dark.addEventListener("change", () => choose(dark.matches ? "dark" : "light"));
    choose(dark.matches ? "dark" : "light");
  });
})();
