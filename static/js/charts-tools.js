// The buttons below a chart: switches of its axes, and a menu with full screen, table, downloads, and its place.
(() => {
  "use strict";
  const charts = window.argmaxCharts;
  const PICTURE = { width: 1200, height: 700 };
  const SWITCHES = {
    seconds: { text: "Seconds", title: "Over seconds since the trial started, instead of steps" },
    log: { text: "Log axis", title: "A logarithmic axis of values" },
  };

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    if (name === "button") made.type = "button";
    return made;
  };

  const switchFor = (box, name) => {
    const button = element("button", "chart-switch", SWITCHES[name].text);
    button.title = SWITCHES[name].title;
    button.dataset.chartSwitch = name;
    button.setAttribute("aria-pressed", String(box.chartSwitches.has(name)));
    button.addEventListener("click", () => {
      const on = !box.chartSwitches.has(name);
      if (on) box.chartSwitches.add(name);
      else box.chartSwitches.delete(name);
      button.setAttribute("aria-pressed", String(on));
      if (name === "log") box.chartFigure && charts.draw(box);
      else charts.load(box);
      if (charts.remember) charts.remember();
    });
    return button;
  };

  // A picture on the page's own ground, so that it can be read wherever it is pasted.
  const picture = async (box, format) => {
    const drawn = box.querySelector(".chart-drawn");
    if (!drawn || !drawn.data) return;
    const layout = { ...drawn.layout, paper_bgcolor: charts.theme().surface, width: PICTURE.width, height: PICTURE.height };
    if (layout.meta && layout.meta.hint) layout.title = box.chartFigure.layout.title; // in a picture nothing can be done
    const filename = `${document.title.split(" · ")[0]}-${box.dataset.chartName || "chart"}`;
    await window.Plotly.downloadImage({ data: drawn.data, layout }, { format, filename, ...PICTURE, scale: format === "png" ? 2 : 1 });
  };

  const asked = (box, format) => {
    const url = charts.address(box);
    url.searchParams.set("format", format);
    return url.href;
  };

  // The same figures as a table, in the drawing's place.
  const showTable = async (box, item) => {
    const open = box.querySelector(":scope > .chart-as-table");
    const part = box.querySelector(":scope > .chart-place");
    if (open) {
      open.remove();
      part.hidden = false;
      item.textContent = "Show as table";
      return;
    }
    const response = await fetch(asked(box, "table"), { credentials: "same-origin" });
    if (!response.ok) return;
    const table = element("div", "chart-as-table");
    table.innerHTML = await response.text(); // escaped by the server's template
    part.hidden = true;
    part.before(table);
    item.textContent = "Show as chart";
    const region = table.querySelector("[tabindex]");
    if (region) region.focus();
  };

  const fullScreen = (box) => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen());

  const FULL = { false: "Full screen", true: "Leave full screen" };

  const item = (menu, text, act) => {
    const made = element("button", "dropdown-item", text);
    made.addEventListener("click", () => act(made));
    menu.append(made);
    return made;
  };

  const menuOf = (box) => {
    const menu = element("div", "dropdown-menu dropdown-menu-end");
    const full = item(menu, FULL.false, () => fullScreen(box));
    box.addEventListener("fullscreenchange", () => { full.textContent = FULL[document.fullscreenElement === box]; });
    item(menu, "Show as table", (made) => showTable(box, made));
    menu.append(element("div", "dropdown-divider"));
    item(menu, "Picture as PNG", () => picture(box, "png"));
    item(menu, "Picture as SVG", () => picture(box, "svg"));
    const data = element("a", "dropdown-item", "Data as CSV");
    data.href = "#";
    data.addEventListener("click", () => { data.href = asked(box, "csv"); });
    menu.append(data);
    if (charts.move && box.hasAttribute("data-chart-movable")) {
      menu.append(element("div", "dropdown-divider"));
      item(menu, "Move forward", () => charts.move(box, -1));
      item(menu, "Move back", () => charts.move(box, 1));
      item(menu, "Hide", () => charts.show(box.dataset.chartName, false));
    }
    return menu;
  };

  charts.tools = (box) => {
    const bar = element("div", "chart-tools");
    for (const name of (box.dataset.chartSwitches || "").split(" ").filter(Boolean)) bar.append(switchFor(box, name));
    const holder = element("div", "dropdown chart-menu");
    const button = element("button", "btn-icon", "⋯");
    button.setAttribute("data-bs-toggle", "dropdown");
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `More for this chart: ${box.getAttribute("aria-label") || box.dataset.chartName || ""}`);
    holder.append(button, menuOf(box));
    bar.append(holder);
    return bar;
  };
})();
