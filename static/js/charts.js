// Loads every [data-chart-url] from the figure that the address answers, and again while what it shows is still
// running: then only what is new is sent. Charts further down ([data-chart-lazy]) are loaded when they come into view.
(() => {
  "use strict";
  const REFRESH_MS = 2000;
  const LAZY_REFRESH_MS = 10000; // they cost the server more than the main charts
  const MOST_DRAWING = 0.1; // the share of a reader's time that drawing may take
  const LONGEST_HEADER = 7000;
  const charts = (window.argmaxCharts = {});

  // The address of what the box shows now: with the hyperparameters and the axis chosen in it.
  charts.address = (box) => {
    const url = new URL(box.dataset.chartUrl, window.location.href);
    for (const choice of box.querySelectorAll("[data-chart-axis]")) url.searchParams.set(choice.dataset.chartAxis, choice.value);
    if (box.chartSwitches.has("seconds")) url.searchParams.set("axis", "seconds");
    return url;
  };

  // Plotly's packed arrays as arrays, so that more can be appended.
  const unpacked = (data) => {
    if (!data || data.bdata === undefined || data.dtype !== "f4") return data;
    const letters = atob(data.bdata);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    return new Float32Array(bytes.buffer);
  };

  const joined = (before, count, after) => {
    const whole = new Float32Array(count + after.length);
    whole.set(before.subarray(0, count));
    whole.set(after, count);
    return whole;
  };

  const whole = (change) => ({ ...change, x: unpacked(change.x), y: unpacked(change.y) });

  // A trace from what is here and what has changed; null where that is not here any more.
  const applied = (change, old) => {
    if (change.keep === undefined && change.from === undefined) return whole(change);
    if (!old) return null;
    const trace = { ...old, line: change.color ? { ...old.line, color: change.color } : old.line };
    if (change.keep !== undefined) return trace;
    trace.meta = change.meta;
    for (const letter of ["x", "y"]) trace[letter] = joined(old[letter], change.from, unpacked(change[letter]));
    return trace;
  };

  const merged = (box, answer) => {
    const old = new Map((box.chartFigure ? box.chartFigure.data : []).map((trace) => [trace.uid, trace]));
    const data = answer.data.map((change) => applied(change, old.get(change.uid)));
    return data.includes(null) ? null : { data, layout: answer.layout };
  };

  const known = (box) => {
    if (!box.chartFigure || box.chartShown !== charts.address(box).href) return "";
    const marks = box.chartFigure.data.filter((trace) => trace.uid && trace.meta && trace.meta.mark);
    const text = marks.map(({ uid, meta }) => `${uid}.${meta.stable}.${meta.mark}`).join(" ");
    return text.length < LONGEST_HEADER ? text : "";
  };

  const fetched = async (box, url) => {
    const headers = {};
    const have = known(box);
    if (have) headers["X-Chart-Known"] = have;
    if (have && box.chartTag) headers["If-None-Match"] = box.chartTag;
    const response = await fetch(url, { headers, credentials: "same-origin" });
    if (response.status === 304) return { same: true, active: box.chartActive };
    if (!response.ok) throw new Error(`${response.status}`);
    return { active: response.headers.get("X-Active") === "1", answer: await response.json(), tag: response.headers.get("ETag") };
  };

  charts.load = async (box) => {
    clearTimeout(box.chartTimer);
    box.chartSwitches = box.chartSwitches || new Set((box.dataset.chartOn || "").split(" ").filter(Boolean));
    const url = charts.address(box).href;
    let active = true;
    let spent = 0;
    try {
      const { same, answer, active: running, tag } = await fetched(box, url);
      if (url !== charts.address(box).href) return; // another hyperparameter was chosen meanwhile
      active = box.chartActive = running;
      if (!same) {
        const figure = merged(box, answer);
        box.chartFigure = figure;
        if (!figure) return void charts.load(box);
        Object.assign(box, { chartShown: url, chartTag: tag });
        await box.chartTurn; // charts of one page are drawn one after the other, in their order
        const begin = performance.now();
        await charts.draw(box);
        spent = performance.now() - begin;
      }
    } catch (problem) {
      if (!box.chartFigure) charts.sayEmpty(box, "The chart could not be loaded. Reload the page to try again.");
    }
    if (!active || !box.isConnected) return;
    const least = box.hasAttribute("data-chart-lazy") ? LAZY_REFRESH_MS : REFRESH_MS;
    const pause = Math.max(least, Math.min(LAZY_REFRESH_MS, spent / MOST_DRAWING));
    box.chartTimer = setTimeout(() => again(box), pause);
  };

  // Nobody looks at a page in the background, or at a chart that is scrolled away or hidden.
  const again = (box) => {
    const { top, bottom } = box.getBoundingClientRect();
    const seen = !document.hidden && !box.hidden && bottom > 0 && top < window.innerHeight;
    if (seen) charts.load(box);
    else box.chartTimer = setTimeout(() => again(box), REFRESH_MS);
  };

  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting || target.dataset.chartUrl) continue;
      target.dataset.chartUrl = target.dataset.chartLazy;
      charts.load(target);
    }
  }, { rootMargin: "200px" });

  // After the frame that shows what was just drawn. A page in the background gets no frames.
  const painted = () => document.hidden || new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

  // Called by the last of the charts' scripts: the page is parsed then, and Plotly, the larger one, not there yet.
  charts.start = () => {
    let turn = Promise.resolve();
    for (const box of document.querySelectorAll("[data-chart-url]")) {
      box.chartTurn = turn;
      turn = charts.load(box).then(painted);
    }
    for (const box of document.querySelectorAll("[data-chart-lazy]")) watcher.observe(box);
  };

  document.addEventListener("change", (event) => {
    const box = event.target.matches("[data-chart-axis]") && event.target.closest("[data-chart-url]");
    if (box) charts.load(box);
  });
  document.addEventListener("theme:changed", () => {
    for (const box of document.querySelectorAll("[data-chart-url]")) if (box.chartFigure) charts.draw(box);
  });
})();
