// The report of a job: draws its figures in the reader's theme, which a button changes.
(() => {
  "use strict";
  const root = document.documentElement;
  const boxes = [...document.querySelectorAll("[data-figure]")];
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  const dress = (layout) => {
    layout.autosize = true;
    layout.font = { ...layout.font, family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("--am-text") };
    layout.hoverlabel = { bgcolor: colour("--am-surface"), bordercolor: colour("--am-line"), font: { color: colour("--am-text") } };
    for (const [name, axis] of Object.entries(layout)) {
      if (/^[xy]axis\d*$/.test(name)) Object.assign(axis, { gridcolor: colour("--am-line"), linecolor: colour("--am-line"), automargin: true });
    }
    return layout;
  };

  const draw = () => {
    for (const box of boxes) {
      const figure = JSON.parse(document.getElementById(box.dataset.figure).textContent);
      window.Plotly.react(box, figure.data, dress(figure.layout), { responsive: true, displaylogo: false });
    }
  };

  const choose = (theme) => {
    root.dataset.bsTheme = theme;
    draw();
  };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  document.querySelector("[data-theme-switch]").addEventListener("click", () => choose(root.dataset.bsTheme === "dark" ? "light" : "dark"));
  dark.addEventListener("change", () => choose(dark.matches ? "dark" : "light"));
  choose(dark.matches ? "dark" : "light");
})();
