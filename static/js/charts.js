// Draws every [data-chart-url] with Plotly from the figure that the address answers, in the page's theme,
// and draws it anew while what it shows is still running.
(() => {
  "use strict";
  const plotlyLoaded = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
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
    const below = layout.legend && layout.legend.orientation === "h" && box.clientWidth < 520;
    if (below) layout.legend = { ...layout.legend, y: -0.22, yanchor: "top" }; // it would cover the title
    for (const key of Object.keys(layout)) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      layout[key].gridcolor = theme.line;
      layout[key].linecolor = theme.line;
      layout[key].automargin = true;
    }
    return layout;
  };

  // The part of the box that holds the drawing, below its choices and buttons.
  const place = (box) => {
    let part = box.querySelector(":scope > .chart-place");
    if (!part) {
      part = document.createElement("div");
      part.className = "chart-place";
      box.append(part, tools(box));
    }
    return part;
  };

  // The address of what the box shows now: with the hyperparameters chosen in it.
  const address = (box) => {
    const url = new URL(box.dataset.chartUrl, window.location.href);
    for (const choice of box.querySelectorAll("[data-chart-axis]")) url.searchParams.set(choice.dataset.chartAxis, choice.value);
    return url;
  };

  // A switch between a linear and a logarithmic axis of values.
  const scale = (box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Log axis";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      box.chartLogarithmic = !box.chartLogarithmic;
      button.setAttribute("aria-pressed", String(box.chartLogarithmic));
      if (box.chartText) draw(box, JSON.parse(box.chartText));
    });
    return button;
  };

  const tools = (box) => {
    const bar = document.createElement("div");
    bar.className = "chart-tools";
    const data = document.createElement("a");
    data.textContent = "CSV";
    data.title = "Download the data of this chart";
    data.href = "#";
    data.addEventListener("click", () => {
      const url = address(box);
      url.searchParams.set("format", "csv");
      data.href = url.href;
    });
    const full = document.createElement("button");
    full.type = "button";
    full.textContent = "Full screen";
    full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen()));
    if (box.hasAttribute("data-chart-scale")) bar.append(scale(box));
    bar.append(data, full);
    return bar;
  };

  const sayEmpty = (box, why) => {
    const words = document.createElement("p");
    words.className = "chart-empty";
    words.textContent = why || box.dataset.chartEmpty || "Nothing to show yet.";
    place(box).replaceChildren(words);
    box.removeAttribute("data-chart-ready");
  };

  const count = (data) => {
    if (!data) return 0;
    if (data.bdata !== undefined) return data.bdata.length;
    return data.length || 0;
  };

  const openTrial = (box) => (event) => {
    const point = event.points && event.points[0];
    if (point && box.dataset.chartLog && point.customdata !== undefined) {
      window.location.assign(`${box.dataset.chartLog}?line=${point.customdata}#L${point.customdata}`);
      return;
    }
    if (!point || !box.dataset.chartTrial) return;
    const named = point.data.meta && point.data.meta.trial;
    const trial = named || (Number.isInteger(point.customdata) ? point.customdata : point.x);
    if (!Number.isInteger(trial)) return;
    window.location.assign(box.dataset.chartTrial.replace("/trials/0/", `/trials/${trial}/`));
  };

  // A box over the axes of the parallel coordinates: whoever shows trials may filter by it.
  const brush = (meta, range) => {
    if (!meta || !meta.axes) return;
    const filter = { brush: [], objective: null };
    if (range) {
      const [low, high] = range.y.map((height) => Math.min(1, Math.max(0, height))).sort((a, b) => a - b);
      const [from, to] = [...range.x].sort((a, b) => a - b);
      for (let axis = Math.ceil(from); axis <= Math.floor(to); axis++) {
        if (axis >= 0 && axis < meta.axes.length) filter.brush.push(`${meta.axes[axis]}:${low.toFixed(4)}:${high.toFixed(4)}`);
        const [least, most] = meta.limits;
        if (axis === meta.axes.length) filter.objective = [least + low * (most - least), least + high * (most - least)];
      }
    }
    document.dispatchEvent(new CustomEvent("trials:brushed", { detail: filter }));
  };

  const draw = async (box, figure) => {
    if (!figure.data.some((trace) => count(trace.x))) {
      sayEmpty(box, figure.layout.meta && figure.layout.meta.empty);
      return;
    }
    let target = box.querySelector(".chart-drawn");
    const first = !target;
    if (first) {
      target = document.createElement("div");
      target.className = "chart-drawn";
      place(box).replaceChildren(target);
    }
    const layout = dress(figure.layout, box);
    layout.uirevision = box.chartLogarithmic ? "log" : "same"; // a reader's zoom outlives a refresh
    if (box.chartLogarithmic) layout.yaxis.type = "log";
    await plotlyLoaded;
    await window.Plotly.react(target, figure.data, layout, {
      responsive: true,
      displaylogo: false,
      modeBarButtonsToRemove: layout.dragmode === "select" ? ["lasso2d", "autoScale2d"] : ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { filename: box.dataset.chartName || "chart", format: "svg" },
    });
    if (first) {
      target.on("plotly_click", openTrial(box));
      target.on("plotly_selected", (event) => brush(target.layout.meta, event && event.range));
      target.on("plotly_deselect", () => brush(target.layout.meta, null));
    }
    box.setAttribute("data-chart-ready", String(figure.data.length));
  };

  const load = async (box) => {
    clearTimeout(box.chartTimer);
    const url = address(box).href;
    let active = true;
    try {
      const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!response.ok) throw new Error(`${response.status}`);
      active = response.headers.get("X-Active") === "1";
      const text = await response.text();
      if (url !== address(box).href) return; // another hyperparameter was chosen meanwhile
      if (text !== box.chartText) {
        box.chartText = text;
        await draw(box, JSON.parse(text));
      }
    } catch (problem) {
      if (!box.chartText) sayEmpty(box, "The chart could not be loaded. Reload the page to try again.");
    }
    const closed = box.closest("details:not([open])");
    if (active && box.isConnected && !closed) box.chartTimer = setTimeout(() => load(box), Number(box.dataset.chartRefresh) || REFRESH_MS);
  };

  // Charts that are loaded when they come into view.
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      if (target.dataset.chartUrl && target.chartText) continue;
      target.dataset.chartUrl = target.dataset.chartLazy;
      target.dataset.chartRefresh = "10000"; // they cost more than the main charts
      load(target);
    }
  }, { rootMargin: "200px" });

  // The page is parsed, as this script is deferred; Plotly, the larger script after it, is not there yet.
  const start = () => {
    for (const box of document.querySelectorAll("[data-chart-url]")) load(box);
    for (const box of document.querySelectorAll("[data-chart-lazy]")) watcher.observe(box);
    for (const part of document.querySelectorAll("[data-more-charts]")) {
      part.addEventListener("toggle", () => {
        if (part.open) for (const box of part.querySelectorAll("[data-chart-url]")) load(box);
      });
    }
  };
  start();
  document.addEventListener("change", (event) => {
    const box = event.target.matches("[data-chart-axis]") && event.target.closest("[data-chart-url]");
    if (box) load(box);
  });
  document.addEventListener("fullscreenchange", () => {
    for (const drawn of document.querySelectorAll(".chart-drawn")) window.Plotly.Plots.resize(drawn);
  });
  document.addEventListener("theme:changed", () => {
    for (const box of document.querySelectorAll("[data-chart-url]")) {
      if (box.chartText) draw(box, JSON.parse(box.chartText));
    }
  });
})();
