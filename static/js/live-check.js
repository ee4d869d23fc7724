// `<form data-check-url>`: what is typed is checked by the server as Submit would check it.
//
// The address answers {errors: {id: [message]}, warnings: {id: [message]}, problems: [{anchor, label, message}]}. An
// error stands beside its element once the reader has been at that, or at something of the same `data-touch-group`;
// in a form that was sent (`data-submitted`) at once. The submit bar names what is wrong (forms.js, by
// `form.dataset.wrong`), and the summary above a sent form follows what is corrected. `form:checked` brings the whole
// answer to the page's own script.
(() => {
  "use strict";

  const WAIT = 300;
  const CONTROLS = "input, select, textarea";

  const touchedAround = (element) => {
    const group = element.closest("[data-touch-group]") ?? element;
    return "touched" in element.dataset || Boolean(group.querySelector("[data-touched]"));
  };

  // What is wrong or doubtful, beside the element it belongs to.
  const note = (element, kind, messages) => {
    const place = element.closest(".field") ?? element;
    const id = `${element.id}_${kind === "error" ? "error" : "warning"}`;
    let box = document.getElementById(id);
    if (!messages.length) {
      box?.remove();
    } else {
      if (!box) {
        box = document.createElement("div");
        box.id = id;
        box.className = `field-${kind}`;
        place.append(box);
      }
      if (box.innerText !== messages.join("\n")) {
        box.replaceChildren(...messages.map((message) => Object.assign(document.createElement("p"), { textContent: message })));
      }
    }
    const described = new Set((element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    if (messages.length) described.add(id);
    else described.delete(id);
    if (described.size) element.setAttribute("aria-describedby", [...described].join(" "));
    else element.removeAttribute("aria-describedby");
    if (kind !== "error") return;
    element.classList.toggle("is-invalid", messages.length > 0);
    if (messages.length) element.setAttribute("aria-invalid", "true");
    else element.removeAttribute("aria-invalid");
  };

  const start = (form) => {
    const summary = form.querySelector("[data-form-errors]");
    let answer = null;

    let summarized = "";
    // What the answer to Submit says stands until something is changed: Submit looks at more than is checked here.
    const takeOver = () => {
      const items = [...summary.querySelectorAll("[data-problems] li")].map((item) => [item, item.querySelector("a")]);
      tell(items.map(([item, link]) => ({ anchor: link?.dataset.goTo ?? "", label: link?.textContent ?? "", message: item.textContent })));
    };

    const tell = (problems) => {
      form.dataset.wrong = JSON.stringify(problems);
      form.dispatchEvent(new CustomEvent("form:changed", { bubbles: true }));
    };

    const summarize = () => {
      const text = JSON.stringify(answer.problems);
      if (!summary || text === summarized) return; // an alert is read aloud, and a link in it may have the focus
      summarized = text;
      summary.hidden = !answer.problems.length;
      summary.querySelector("[data-problems]").replaceChildren(
        ...answer.problems.map(({ anchor, label, message }) => {
          const item = document.createElement("li");
          if (!anchor) return Object.assign(item, { textContent: message });
          const link = Object.assign(document.createElement("a"), { href: `#${anchor}`, textContent: label });
          link.dataset.goTo = anchor;
          item.append(link, `: ${message}`);
          return item;
        }),
      );
    };

    const show = () => {
      summarize();
      for (const element of form.querySelectorAll("[id]")) {
        if (!element.matches(`${CONTROLS}, fieldset, .rows-errors`)) continue;
        const shown = "submitted" in form.dataset || touchedAround(element);
        note(element, "error", shown ? answer.errors[element.id] ?? [] : []);
        note(element, "warning", answer.warnings[element.id] ?? []);
      }
      form.dispatchEvent(new CustomEvent("form:checked", { detail: answer }));
      tell(answer.problems);
    };

    let timer = 0;
    let request = null;
    const check = async () => {
      request?.abort();
      request = new AbortController();
      form.dataset.checking = "";
      try {
        const response = await fetch(form.dataset.checkUrl, { method: "POST", body: new FormData(form), signal: request.signal });
        if (response.ok && !response.redirected) {
          answer = await response.json();
          show();
        }
        delete form.dataset.checking;
      } catch (error) {
        if (error.name !== "AbortError") delete form.dataset.checking; // the check at Submit stays
      }
    };
    const checkSoon = () => {
      clearTimeout(timer);
      form.dataset.checking = "";
      timer = setTimeout(check, WAIT);
    };

    form.addEventListener("focusout", ({ target }) => {
      if (!target.matches(CONTROLS) || !target.value) return;
      if (!("touched" in target.dataset)) checkSoon();
      target.dataset.touched = "";
    });
    form.addEventListener("change", ({ target }) => {
      if (target.matches(CONTROLS)) target.dataset.touched = "";
      checkSoon();
    });
    form.addEventListener("click", ({ target }) => {
      const named = document.getElementById(target.closest("[data-go-to]")?.dataset.goTo);
      if (!named || !answer) return;
      named.dataset.touched = ""; // whoever is led to an error must see it
      show();
    });
    for (const kind of ["input", "rows:changed"]) form.addEventListener(kind, checkSoon);
    const begin = "submitted" in form.dataset && summary ? takeOver : checkSoon;
    window.addEventListener("pageshow", begin); // what the browser or a draft has brought back
    begin();
  };

  window.argmaxNote = note;
  document.querySelectorAll("form[data-check-url]").forEach(start);
})();
