// Draws every [data-chart-url] with Plotly from the figure that the address answers, in the page's theme,
// and draws it anew while what it shows is still running.
(() => {
  "use strict";
  const REFRESH_MS = 2000;

  const themed = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return { text: read("--am-text"), muted: read("--am-muted"), line: read("--am-line"), surface: read("--am-surface") };
  };

  const dress = (layout, box) => {
    const theme = themed();
    const font = getComputedStyle(document.body).fontFamily;
    layout.font = { family: font, size: 12, color: theme.text };
    layout.autosize = true;
    layout.hoverlabel = { bgcolor: theme.surface, bordercolor: theme.line, font: { family: font, size: 12, color: theme.text }, align: "left" };
    if (layout.title && layout.title.subtitle) layout.title.subtitle.font = { size: 11, color: theme.muted };
    if (box.dataset.chartTitle && layout.title) layout.title.text = `${layout.title.text}, ${box.dataset.chartTitle.toLowerCase()}`;
    for (const key of Object.keys(layout)) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      layout[key].gridcolor = theme.line;
      layout[key].linecolor = theme.line;
      layout[key].automargin = true;
    }
    return layout;
  };

  const sayEmpty = (box) => {
    const words = document.createElement("p");
    words.className = "chart-empty";
    words.textContent = box.dataset.chartEmpty || "Nothing to show yet.";
    box.replaceChildren(words);
    box.removeAttribute("data-chart-ready");
  };

  const count = (data) => {
    if (!data) return 0;
    if (data.bdata !== undefined) return data.bdata.length;
    return data.length || 0;
  };

  const openTrial = (box) => (event) => {
    const point = event.points && event.points[0];
    if (!point || !box.dataset.chartTrial) return;
    const trial = point.data.meta && point.data.meta.trial ? point.data.meta.trial : point.x;
    window.location.assign(box.dataset.chartTrial.replace("/trials/0/", `/trials/${trial}/`));
  };

  const draw = async (box, figure) => {
    if (!figure.data.some((trace) => count(trace.x))) {
      sayEmpty(box);
      return;
    }
    let target = box.querySelector(".chart-drawn");
    const first = !target;
    if (first) {
      target = document.createElement("div");
      target.className = "chart-drawn";
      box.replaceChildren(target);
    }
    const layout = dress(figure.layout, box);
    layout.uirevision = "same"; // a reader's zoom outlives a refresh
    await window.Plotly.react(target, figure.data, layout, {
      responsive: true,
      displaylogo: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { filename: box.dataset.chartName || "chart", format: "svg" },
    });
    if (first) target.on("plotly_click", openTrial(box));
    box.setAttribute("data-chart-ready", String(figure.data.length));
  };

  const load = async (box) => {
    let active = true;
    try {
      const response = await fetch(box.dataset.chartUrl, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(`${response.status}`);
      active = response.headers.get("X-Active") === "1";
      const text = await response.text();
      if (text !== box.chartText) {
        box.chartText = text;
        await draw(box, JSON.parse(text));
      }
    } catch (problem) {
      if (!box.chartText) box.dataset.chartEmpty = "The chart could not be loaded. Reload the page to try again.";
      if (!box.chartText) sayEmpty(box);
    }
    if (active && box.isConnected) setTimeout(() => load(box), REFRESH_MS);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-chart-url]")) load(box);
  });
  document.addEventListener("theme:changed", () => {
    for (const box of document.querySelectorAll("[data-chart-url]")) {
      if (box.chartText) draw(box, JSON.parse(box.chartText));
    }
  });
})();
