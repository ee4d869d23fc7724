// Draws a loaded figure with Plotly in the page's theme; clicks open the trial, a box over parallel coordinates
// filters the trials table.
(() => {
  "use strict";
  const charts = window.argmaxCharts;
  const plotlyLoaded = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve, { once: true }));
  const NARROW = 520;
  const NARROWEST = 420; // too little room for a key beside the curves
  const LETTER_PIXELS = 5.8; // of a note, on average
  const LINE_PIXELS = 14;
  const NOTE_PIXELS = 20;
  const MARGIN_PIXELS = 40;
  const SYMBOL_PIXELS = 45; // of a legend's entry, with the space around
  const ROW_PIXELS = 20;
  const KEY_PIXELS = 100;

  charts.theme = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(name).trim();
    return { text: read("--am-text"), muted: read("--am-muted"), line: read("--am-line"), surface: read("--am-surface") };
  };

  // Plotly cuts a note that is too long for the chart.
  const wrapped = (text, width) => {
    const most = Math.max(24, Math.floor(width / LETTER_PIXELS));
    const lines = [""];
    for (const word of text.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && lines[last].length + word.length >= most) lines.push(word);
      else lines[last] += (lines[last] && " ") + word;
    }
    return lines.join("<br>");
  };

  // Plotly finds the room for legend and colour key by drawing everything twice. Here it is known beforehand.
  const steady = (layout, data, width) => {
    const right = layout.coloraxis && layout.coloraxis.showscale !== false && layout.coloraxis.colorbar ? KEY_PIXELS : layout.margin.r;
    const names = data.filter((trace) => trace.showlegend !== false).map((trace) => trace.name.length);
    const entry = SYMBOL_PIXELS + Math.max(0, ...names) * LETTER_PIXELS; // all are as wide as the widest
    const rows = Math.ceil(names.length / Math.max(1, Math.floor((width - layout.margin.l - right) / entry)));
    layout.margin = { ...layout.margin, b: layout.margin.b + rows * ROW_PIXELS, r: right, autoexpand: false };
    layout.xaxis.automargin = layout.yaxis.automargin = false;
    delete layout.xaxis.title.standoff; // it needs automargin
  };

  // What can be done with a chart is told only where it can be done.
  const addHint = (layout, hint) => {
    const note = layout.title.subtitle && layout.title.subtitle.text;
    layout.title.subtitle = { text: note ? `${note}. ${hint}` : hint };
    if (!note) layout.margin.t += NOTE_PIXELS;
  };

  // Layouts are stored as they came; this is a copy in the page's colours.
  const dressed = (box) => {
    const theme = charts.theme();
    const font = getComputedStyle(document.body).fontFamily;
    const layout = structuredClone(box.chartFigure.layout);
    const narrow = box.clientWidth < NARROW;
    layout.font = { family: font, size: 12, color: theme.text };
    layout.autosize = true;
    layout.modebar = { bgcolor: "transparent", color: theme.muted, activecolor: theme.text };
    layout.hoverlabel = { bgcolor: theme.surface, bordercolor: theme.line, font: { family: font, size: 12, color: theme.text }, align: "left" };
    const hint = layout.meta && layout.meta.hint && document.querySelector("[data-trials]") ? layout.meta.hint : "";
    if (hint) addHint(layout, hint);
    if (layout.title && layout.title.subtitle && layout.title.subtitle.text) {
      const text = wrapped(layout.title.subtitle.text, box.clientWidth - MARGIN_PIXELS);
      layout.title.subtitle = { text, font: { size: 11, color: theme.muted } };
      layout.margin.t += LINE_PIXELS * (text.split("<br>").length - 1);
    }
    if (narrow && layout.xaxis.title) layout.xaxis.title.font = { size: 11 };
    if (box.dataset.chartTitle && layout.title) layout.title.text = `${layout.title.text}, ${box.dataset.chartTitle.toLowerCase()}`;
    if (layout.legend) layout.legend = { ...layout.legend, font: { size: 11 } };
    if (layout.legend && layout.legend.orientation === "h") {
      layout.legend = { ...layout.legend, yref: "container", y: 0, yanchor: "bottom" }; // above, it covers the note
    }
    if (box.clientWidth < NARROWEST && layout.coloraxis) layout.coloraxis.showscale = false;
    for (const key of Object.keys(layout)) {
      if (!/^[xy]axis\d*$/.test(key)) continue;
      layout[key].gridcolor = theme.line;
      layout[key].linecolor = theme.line;
      layout[key].automargin = true;
    }
    if (layout.meta && layout.meta.steady) steady(layout, box.chartFigure.data, box.clientWidth);
    const logarithmic = box.chartSwitches.has("log");
    if (logarithmic) Object.assign(layout.yaxis, { type: "log", nticks: 4 }); // with more, the digits overlap
    layout.uirevision = `${logarithmic} ${charts.address(box).search}`; // a reader's zoom outlives a refresh
    return layout;
  };

  // The part of the box that holds the drawing, above its buttons.
  charts.place = (box) => {
    let part = box.querySelector(":scope > .chart-place");
    if (!part) {
      part = document.createElement("div");
      part.className = "chart-place";
      box.querySelector(":scope > .chart-wait")?.remove();
      box.append(part, charts.tools(box));
    }
    return part;
  };

  charts.sayEmpty = (box, why) => {
    const title = document.createElement("p");
    title.className = "chart-empty-title";
    title.textContent = box.getAttribute("aria-label") || "";
    const words = document.createElement("p");
    words.className = "chart-empty";
    words.textContent = why || box.dataset.chartEmpty || "Nothing to show yet.";
    charts.place(box).replaceChildren(title, words);
    box.classList.add("chart-is-empty");
    box.removeAttribute("data-chart-ready");
  };

  const openTrial = (box, event) => {
    const point = event.points && event.points[0];
    if (!point) return;
    if (box.dataset.chartLog && point.customdata !== undefined) {
      window.location.assign(`${box.dataset.chartLog}?line=${point.customdata}#L${point.customdata}`);
      return;
    }
    if (!box.dataset.chartTrial) return;
    const named = point.data.meta && point.data.meta.trial;
    const trial = named || point.customdata;
    if (Number.isInteger(trial)) window.location.assign(box.dataset.chartTrial.replace("/trials/0/", `/trials/${trial}/`));
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

  const length = (values) => (values ? (values.bdata || values).length || 0 : 0);
  const isEmpty = ({ data }) => !data.some((trace) => length(trace.x) && trace.uid !== "key");

  // A choice whose names are known only with the figure.
  const nameOptions = (box, names) => {
    for (const option of box.querySelectorAll("[data-chart-axis] option")) if (names[option.value]) option.textContent = names[option.value];
  };

  charts.draw = async (box) => {
    const figure = box.chartFigure;
    if (figure.layout.meta && figure.layout.meta.options) nameOptions(box, figure.layout.meta.options);
    if (isEmpty(figure)) {
      charts.sayEmpty(box, figure.layout.meta && figure.layout.meta.empty);
      return;
    }
    let target = box.querySelector(".chart-drawn");
    const first = !target;
    if (first) {
      target = document.createElement("div");
      target.className = "chart-drawn";
      charts.place(box).replaceChildren(target);
      box.classList.remove("chart-is-empty");
    }
    await plotlyLoaded;
    const layout = dressed(box);
    const selecting = layout.dragmode === "select";
    target.setAttribute("role", "img");
    target.setAttribute("aria-label", [layout.title.text, layout.title.subtitle && layout.title.subtitle.text].filter(Boolean).join(". "));
    await window.Plotly.react(target, figure.data.map((trace) => ({ ...trace })), layout, {
      responsive: true,
      displaylogo: false,
      modeBarButtons: [selecting ? ["select2d"] : ["zoom2d", "pan2d", "resetScale2d"]],
    });
    if (first) {
      target.on("plotly_click", (event) => openTrial(box, event));
      target.on("plotly_selected", (event) => brush(target.layout.meta, event && event.range));
      target.on("plotly_deselect", () => brush(target.layout.meta, null));
    }
    box.setAttribute("data-chart-ready", String(figure.data.length));
  };

  document.addEventListener("fullscreenchange", () => {
    for (const drawn of document.querySelectorAll(".chart-drawn")) if (drawn.data) window.Plotly.Plots.resize(drawn);
  });
})();
