// The regex workbench: a pattern tried on a sample while it is typed. Reading and judging are the server's.
(() => {
  "use strict";

  const form = document.getElementById("algorithm-form");
  const dialog = document.getElementById("workbench");
  const field = (name) => dialog.querySelector(`#workbench-${name}`);
  const place = (name) => dialog.querySelector(`[data-workbench-${name}]`);
  const { part, changed, scriptFields } = window.argmaxHyperparameters;
  const WAIT = 200;
  const LONGEST = 1024 * 1024;
  let indicator = null; // the row the workbench was opened for
  let request = null;
  let timer = 0;

  const make = (tag, text = "", className = "") => Object.assign(document.createElement(tag), { textContent: text, className });

  const post = async (url, values, signal) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    const response = await fetch(url, { method: "POST", body, signal });
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  };

  // --- Showing ------------------------------------------------------------------------------------------------
  const showRow = (row) => {
    const line = make("div", "", "workbench-row");
    if (row.skipped) {
      line.classList.add("is-gap");
      line.append(make("span"), make("span", `… ${row.skipped} lines without a match`));
      return line;
    }
    const text = make("span");
    const characters = [...row.text]; // the server counts characters, not UTF-16 units
    const slice = (from, to) => characters.slice(from, to).join("");
    let position = 0;
    for (const [start, valueStart, valueEnd, end] of row.marks) {
      if (start < position) continue;
      const found = make("mark", slice(start, valueStart));
      found.append(make("b", slice(valueStart, valueEnd)), slice(valueEnd, end));
      text.append(slice(position, start), found);
      position = end;
    }
    text.append(slice(position));
    line.classList.toggle("has-match", row.marks.length > 0);
    line.append(make("span", row.number), text);
    return line;
  };

  const showCurve = (points) => {
    const svg = place("curve");
    svg.toggleAttribute("hidden", points.length < 2);
    if (points.length < 2) return;
    const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
    const scale = (values, size) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return (value) => (high > low ? ((value - low) / (high - low)) * size : size / 2);
    };
    const [x, y] = [scale(xs, 296), scale(ys, 52)];
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", points.map(([at, value]) => `${(2 + x(at)).toFixed(1)},${(56 - y(value)).toFixed(1)}`).join(" "));
    svg.replaceChildren(line);
  };

  const showName = (one) => {
    const button = Object.assign(make("button"), { type: "button" });
    button.setAttribute("aria-pressed", String(one.name === field("name").value));
    button.append(make("span", one.name), make("span", `${one.count} ×`), make("small", one.detail));
    button.addEventListener("click", () => choose(one));
    const item = make("li");
    item.append(button);
    return item;
  };

  const show = (answer) => {
    field("problem").textContent = answer.problem;
    field("regex").classList.toggle("is-invalid", Boolean(answer.problem));
    place("use").disabled = Boolean(answer.problem) || !field("regex").value.trim();
    place("rows").replaceChildren(...answer.rows.map(showRow));
    place("summary").replaceChildren(
      ...Object.entries(answer.summary).flatMap(([name, value]) => [make("dt", name), make("dd", value)]),
    );
    showCurve(answer.curve);
    place("values").textContent = answer.values.join("  ");
    place("warnings").replaceChildren(...answer.warnings.map((text) => make("li", text)));
    place("names").replaceChildren(...answer.discovered.map(showName));
    place("discovered").hidden = !answer.discovered.length;
  };

  // --- Asking -------------------------------------------------------------------------------------------------
  const attempt = async () => {
    request?.abort();
    request = new AbortController();
    const values = { indicator: field("name").value, pattern: field("regex").value, sample: field("text").value.slice(0, LONGEST) };
    try {
      show(await post(dialog.dataset.attemptUrl, values, request.signal));
    } catch (error) {
      if (error.name === "AbortError") return;
      field("problem").textContent = "The console does not answer. Try again.";
      place("use").disabled = false; // the form checks the pattern again
    }
  };
  const attemptSoon = () => {
    clearTimeout(timer);
    place("use").disabled = true; // until the pattern has been tried
    timer = setTimeout(attempt, WAIT);
  };

  const generate = async () => {
    if (!field("name").value.trim()) return void field("name").focus();
    const values = { indicator: field("name").value, sample: field("text").value.slice(0, LONGEST), ...scriptFields() };
    try {
      const answer = await post(dialog.dataset.patternUrl, values);
      field("regex").value = answer.pattern;
      place("explanation").textContent = `This pattern ${answer.explanation}.`;
      place("explanation").dataset.of = answer.pattern;
      if (answer.direction) field("direction").value = answer.direction;
      attempt();
    } catch {
      field("problem").textContent = "The console does not answer. Try again.";
    }
  };

  const choose = (one) => {
    field("name").value = one.name;
    if (one.direction) field("direction").value = one.direction;
    generate();
  };

  const take = (text) => {
    field("text").value = text.slice(0, LONGEST);
    attempt();
  };

  const loadTrials = async () => {
    const response = await fetch(dialog.dataset.trialsUrl);
    if (!response.ok) return;
    const { trials } = await response.json();
    const select = field("trial");
    select.replaceChildren(select.options[0], ...trials.map((trial) => new Option(trial.label, trial.url)));
    select.disabled = !trials.length;
  };

  const loadBootFile = async () => {
    try {
      const answer = await post(dialog.dataset.bootUrl, scriptFields());
      place("explanation").textContent = answer.problem || "The sample is what the boot file may print, with invented numbers.";
      if (answer.text) take(answer.text);
    } catch {
      field("problem").textContent = "The console does not answer. Try again.";
    }
  };

  // --- Opening and closing ------------------------------------------------------------------------------------
  const open = (row) => {
    indicator = row;
    field("name").value = part(row, "name").value;
    field("direction").value = part(row, "direction").value;
    field("regex").value = part(row, "pattern").value;
    place("explanation").textContent = "";
    delete place("explanation").dataset.of;
    window.bootstrap.Modal.getOrCreateInstance(dialog).show();
    loadTrials();
    attempt();
  };

  const use = () => {
    part(indicator, "name").value = field("name").value;
    part(indicator, "direction").value = field("direction").value;
    part(indicator, "pattern").value = field("regex").value;
    window.bootstrap.Modal.getInstance(dialog).hide();
    for (const name of ["name", "direction", "pattern"]) changed(part(indicator, name));
    indicator.querySelector("[data-explanation]").textContent = place("explanation").dataset.of === field("regex").value ? place("explanation").textContent : "";
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-workbench]");
    if (button) open(button.closest("[data-indicator]"));
  });
  dialog.addEventListener("hidden.bs.modal", () => indicator?.querySelector("[data-workbench]")?.focus());
  for (const name of ["regex", "text", "name"]) field(name).addEventListener("input", attemptSoon);
  field("file").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) take(await file.slice(0, LONGEST).text());
    event.target.value = "";
  });
  field("trial").addEventListener("change", async (event) => {
    if (!event.target.value) return;
    const response = await fetch(event.target.value);
    if (response.ok) take(await response.text());
  });
  place("boot").addEventListener("click", loadBootFile);
  place("generate").addEventListener("click", generate);
  place("use").addEventListener("click", use);
})();
