// Which charts a person sees and in which order: from each chart's menu and from the dialog "Arrange charts", by
// mouse or keyboard; the server remembers it. The first that are shown stand above the trials.
(() => {
  "use strict";
  const charts = window.argmaxCharts;
  const grid = () => document.querySelector("[data-chart-arrangement]");
  const boxes = () => [...document.querySelectorAll("[data-chart-movable]")];
  const named = (name) => boxes().find((box) => box.dataset.chartName === name);
  const list = () => document.querySelector("[data-arrange-list]");
  const rest = () => document.querySelector("[data-charts=rest]");
  const WAIT_MS = 400;
  let timer = null;

  const arrangement = () => ({
    order: boxes().map((box) => box.dataset.chartName),
    hidden: boxes().filter((box) => box.hidden).map((box) => box.dataset.chartName),
    choices: Object.fromEntries(boxes().map((box) => [box.dataset.chartName, [...(box.chartSwitches || (box.dataset.chartOn || "").split(" ").filter(Boolean))]])),
  });

  const keep = async () => {
    clearTimeout(timer);
    timer = null;
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const options = { method: "POST", credentials: "same-origin", keepalive: true, headers: { "X-CSRFToken": token, "Content-Type": "application/json" } };
    const response = await fetch(grid().dataset.chartArrangement, { ...options, body: JSON.stringify(arrangement()) }).catch(() => null);
    if (!response || !response.ok) {
      const detail = { text: "The arrangement could not be stored. It holds until the page is left.", level: "error" };
      document.dispatchEvent(new CustomEvent("toast", { detail }));
    }
  };

  charts.remember = () => {
    if (!grid()) return;
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT_MS);
  };

  window.addEventListener("pagehide", () => {
    if (timer) keep(); // the page is left sooner than that
  });

  const count = () => {
    const button = document.querySelector("[data-arrange-count]");
    const shown = boxes().filter((box) => !box.hidden).length;
    if (button) button.textContent = shown === boxes().length ? "" : `${shown} of ${boxes().length}`;
  };

  // The trials stay where they are: charts go past them.
  const place = () => {
    const most = Number(grid().dataset.chartFirst);
    const upper = [];
    for (const box of boxes()) {
      if (upper.filter((one) => !one.hidden).length === most) break;
      upper.push(box);
    }
    const lower = boxes().slice(upper.length);
    for (const box of upper) if (box.parentElement !== grid()) grid().append(box);
    for (const box of lower.reverse()) if (box.parentElement !== rest()) rest().prepend(box);
  };

  // So does the row of links.
  const link = () => {
    const row = document.querySelector("[data-parts]");
    if (!row) return;
    const own = (name) => row.querySelector(`[data-part="${name}"]`);
    for (const box of grid().querySelectorAll("[data-chart-movable]")) row.append(own(box.dataset.chartName));
    row.append(own("trials"));
    for (const box of rest().querySelectorAll("[data-chart-movable]")) row.append(own(box.dataset.chartName));
    for (const box of boxes()) own(box.dataset.chartName).hidden = box.hidden;
  };

  const row = (name) => list() && list().querySelector(`[data-arrange="${name}"]`);

  // The dialog's list follows the charts.
  const follow = () => {
    if (!list()) return;
    for (const box of boxes()) {
      const own = row(box.dataset.chartName);
      own.querySelector("input").checked = !box.hidden;
      list().append(own);
    }
    const rows = [...list().children];
    rows.forEach((one, place) => {
      one.querySelector("[data-arrange-up]").disabled = place === 0;
      one.querySelector("[data-arrange-down]").disabled = place === rows.length - 1;
    });
    count();
  };

  const changed = () => {
    place();
    link();
    follow();
    charts.remember();
  };

  // Exchange a chart with its neighbour among some of them; false where there is none.
  const moved = (box, by, among) => {
    const other = among[among.indexOf(box) + by];
    if (!other) return false;
    if (by < 0) other.before(box);
    else other.after(box);
    changed();
    return true;
  };

  charts.move = (box, by) => {
    const seen = boxes().filter((one) => one === box || !one.hidden);
    if (moved(box, by, seen)) box.scrollIntoView({ block: "nearest" });
  };

  charts.show = (name, visible) => {
    const box = named(name);
    box.hidden = !visible;
    changed();
    const drawn = box.querySelector(".chart-drawn");
    if (visible && drawn && drawn.data) window.Plotly.Plots.resize(drawn);
  };

  const step = (button, by) => {
    const own = button.closest("[data-arrange]");
    if (!moved(named(own.dataset.arrange), by, boxes())) return;
    const again = own.querySelector(by < 0 ? "[data-arrange-up]" : "[data-arrange-down]");
    (again.disabled ? own.querySelector("input") : again).focus();
  };

  document.addEventListener("change", ({ target }) => {
    const own = target.closest("[data-arrange]");
    if (own && target.matches("input")) charts.show(own.dataset.arrange, target.checked);
  });
  document.addEventListener("click", ({ target }) => {
    const up = target.closest("[data-arrange-up]");
    const down = target.closest("[data-arrange-down]");
    if (up) step(up, -1);
    if (down) step(down, 1);
    if (target.closest("[data-arrange-reset]")) {
      const own = grid().dataset.chartOrder.split(" ");
      const ranked = boxes().sort((a, b) => own.indexOf(a.dataset.chartName) - own.indexOf(b.dataset.chartName));
      for (const box of ranked) {
        box.hidden = false;
        grid().append(box);
      }
      changed();
    }
  });
  follow();
  charts.start();
})();
