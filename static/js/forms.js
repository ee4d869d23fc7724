// Long forms (`form.form-page`): the section index follows the reader, the submit bar says what is still missing.
//
// A section is `section.form-section[id]` with a link in `.section-index`. Counted as missing: visible controls
// that are `required` or `[data-required]` and empty. A page adds a sentence of its own for the complete form by
// `form.dataset.ready`, and asks for a new look by the event `form:changed` on the form. What is wrong with a form that
// is checked while it is typed stands in `form.dataset.wrong` (live-check.js), as [{anchor, label, message}].
(() => {
  "use strict";

  const SHOWN = 3;

  const isEmpty = (control) => !control.value.trim();
  const isShown = (control) => !control.closest("[hidden], template") && control.type !== "hidden";
  const nameOf = (control) => {
    const label = control.labels?.[0]?.textContent.replace("*", "").trim();
    return control.getAttribute("aria-label") || label || control.name;
  };

  const missing = (form) =>
    [...form.querySelectorAll("[required], [data-required]")].filter((one) => isShown(one) && isEmpty(one));

  const showMissing = (form) => {
    const place = form.querySelector("[data-missing]");
    if (!place) return;
    const controls = missing(form);
    const wrong = JSON.parse(form.dataset.wrong ?? "[]");
    const places = new Map(wrong.filter(({ anchor }) => anchor).map(({ anchor, label }) => [anchor, label]));
    if (controls.length) list(place, "Still needed: ", controls.map((control) => [control.id, nameOf(control)]));
    else if (places.size) list(place, places.size === 1 ? "Needs attention: " : `${places.size} entries need attention: `, [...places]);
    else place.textContent = wrong[0]?.message ?? form.dataset.ready ?? "";
  };

  // The first of the named elements, as links that lead there.
  const list = (place, words, named) => {
    const links = named.slice(0, SHOWN).map(([id, name]) => {
      const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: name });
      link.dataset.goTo = id;
      return link;
    });
    place.replaceChildren(words);
    links.forEach((link, index) => place.append(...(index ? [", ", link] : [link])));
    if (named.length > SHOWN) place.append(` and ${named.length - SHOWN} more`);
  };

  const countErrors = (form) => {
    for (const link of form.querySelectorAll(".section-index a[href^='#']")) {
      const section = document.getElementById(link.hash.slice(1));
      if (link.parentElement) link.parentElement.hidden = !section || section.hidden;
      const count = section?.querySelectorAll(".field-error").length ?? 0;
      if (count) link.dataset.errors = count;
      else delete link.dataset.errors;
    }
  };

  const followReader = (form) => {
    const links = new Map([...form.querySelectorAll(".section-index a[href^='#']")].map((link) => [link.hash.slice(1), link]));
    const mark = () => {
      const sections = [...form.querySelectorAll(".form-section[id]")].filter((one) => !one.hidden);
      const atEnd = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
      const passed = sections.filter((one) => one.getBoundingClientRect().top < window.innerHeight / 3);
      const current = (atEnd ? sections.at(-1) : passed.at(-1)) ?? sections[0];
      for (const [id, link] of links) {
        if (id === current?.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    document.addEventListener("scroll", mark, { passive: true });
    mark();
  };

  const start = (form) => {
    const look = () => {
      showMissing(form);
      countErrors(form);
    };
    for (const kind of ["input", "change", "rows:changed", "form:changed", "htmx:afterSettle"]) {
      form.addEventListener(kind, () => setTimeout(look));
    }
    form.addEventListener("click", (event) => {
      const link = event.target.closest("[data-go-to]");
      const named = link && document.getElementById(link.dataset.goTo);
      if (!named) return;
      const control = named.type === "hidden" ? (named.closest(".field")?.querySelector("button") ?? named) : named;
      event.preventDefault();
      control.focus();
      control.scrollIntoView({ block: "center" });
    });
    // A second click must not send the form twice; coming back by the browser's history enables it again.
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("[data-submit]")) button.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const button of form.querySelectorAll("[data-submit]")) button.disabled = false;
      look();
    });
    followReader(form);
    look();
  };

  const begin = () => document.querySelectorAll("form.form-page").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
