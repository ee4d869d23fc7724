// What every page can do: times, copying, rows that open, confirmation, guarded forms, toasts, wide
// tables, lost connections.
(() => {
  "use strict";

  // --- Times -------------------------------------------------------------------------------------------------
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
  const two = (number) => String(number).padStart(2, "0");
  const exactTime = (date) =>
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const zones = new Intl.DateTimeFormat("en", { timeZoneName: "short" }); // to make one takes longer than to use it
  const zone = (date) => zones.formatToParts(date).find((part) => part.type === "timeZoneName").value;

  const ago = (date) => {
    const seconds = (date - Date.now()) / 1000;
    for (const [unit, size] of UNITS) {
      if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
    }
    return seconds < 5 ? "just now" : "in a few seconds";
  };

  const showTimes = (root) => {
    for (const time of root.querySelectorAll("time[data-ago], time[data-exact]")) {
      const date = new Date(time.dateTime);
      const text = time.hasAttribute("data-ago") ? ago(date) : exactTime(date);
      if (time.textContent !== text) time.textContent = text;
      time.title = `${exactTime(date)} ${zone(date)}`;
    }
  };
  setInterval(() => document.hidden || showTimes(document), 20_000);

  // --- Toasts: document.dispatchEvent(new CustomEvent("toast", {detail: {text, level}})), or an HX-Trigger ----
  const toast = (text, level = "info") => {
    const place = document.getElementById("toasts");
    if ([...place.querySelectorAll(".toast.show .toast-body")].some((body) => body.textContent === text)) return;
    const box = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    box.classList.add(`toast-${level}`);
    box.querySelector(".toast-body").textContent = text;
    place.append(box);
    startToast(box, level !== "error");
  };
  const startToast = (box, autohide) => {
    box.addEventListener("hidden.bs.toast", () => box.remove());
    new window.bootstrap.Toast(box, { autohide, delay: 8000 }).show();
  };
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.level));

  // --- Copying -----------------------------------------------------------------------------------------------
  const copy = async (element) => {
    try {
      await navigator.clipboard.writeText(element.dataset.copy);
      toast("Copied.", "success");
    } catch {
      // Browsers forbid the clipboard to pages without TLS: select the text for the reader instead.
      const area = document.createElement("textarea");
      area.value = element.dataset.copy;
      area.className = "visually-hidden";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      element.focus?.();
      toast(done ? "Copied." : `Your browser does not allow copying. The text: ${element.dataset.copy}`, done ? "success" : "error");
    }
  };

  // --- Rows that open ----------------------------------------------------------------------------------------
  const INTERACTIVE = "a, button, input, select, textarea, label, summary, [data-copy], [contenteditable]";
  const open = (row, inNewTab) => {
    if (inNewTab) window.open(row.dataset.href, "_blank", "noopener");
    else window.location.assign(row.dataset.href);
  };
  // A row that holds a link to the same page is reached through that link; another one gets its own place in the tab order.
  const prepareRows = (root) => {
    for (const row of root.querySelectorAll("[data-href]:not([tabindex])")) {
      const linked = [...row.querySelectorAll("a[href]")].some((link) => link.getAttribute("href") === row.dataset.href);
      row.tabIndex = linked ? -1 : 0;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("[data-href]")) open(event.target, event.ctrlKey || event.metaKey);
  });
  document.addEventListener("auxclick", (event) => {
    const row = event.button === 1 && !event.target.closest(INTERACTIVE) && event.target.closest("[data-href]");
    if (row) open(row, true);
  });

  document.addEventListener("click", (event) => {
    const source = event.target.closest?.("[data-copy]");
    if (source) return void copy(source);
    const row = event.target.closest?.("[data-href]");
    if (!row || event.target.closest(INTERACTIVE) || String(window.getSelection())) return;
    open(row, event.ctrlKey || event.metaKey);
  });

  // --- Confirmation ------------------------------------------------------------------------------------------
  let asking = null; // the button that waits for the reader's word
  let confirmed = null; // the button whose next click is meant

  const ask = (button) => {
    const dialog = document.getElementById("confirm-dialog");
    const data = button.dataset;
    const input = dialog.querySelector("#confirm-name");
    const accept = dialog.querySelector("[data-confirm-accept]");
    dialog.querySelector("#confirm-title").textContent = data.confirmTitle;
    dialog.querySelector("#confirm-text").textContent = data.confirmText ?? "";
    dialog.querySelector("[data-confirm-name-part]").hidden = !data.confirmName;
    dialog.querySelector("[data-confirm-wanted]").textContent = data.confirmName ?? "";
    accept.textContent = data.confirmButton ?? data.confirmTitle;
    input.value = "";
    accept.disabled = Boolean(data.confirmName);
    input.oninput = () => (accept.disabled = input.value.trim() !== data.confirmName);
    asking = button;
    window.bootstrap.Modal.getOrCreateInstance(dialog).show();
  };

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("[data-confirm-title]");
      if (!button) return;
      if (button === confirmed) {
        confirmed = null;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(button);
    },
    true,
  );

  // Polling may have put a new button in the place of the one that was asked about.
  const standing = (button) => {
    if (!button || button.isConnected) return button;
    const same = (other) =>
      other.form?.action === button.form?.action &&
      other.dataset.confirmTitle === button.dataset.confirmTitle &&
      other.dataset.confirmButton === button.dataset.confirmButton;
    return [...document.querySelectorAll("[data-confirm-title]")].find(same);
  };

  const prepareDialog = (dialog) => {
    let accepted = false;
    dialog.querySelector("[data-confirm-form]").addEventListener("submit", (event) => {
      event.preventDefault();
      if (dialog.querySelector("[data-confirm-accept]").disabled) return;
      accepted = true;
      window.bootstrap.Modal.getInstance(dialog).hide();
    });
    dialog.addEventListener("shown.bs.modal", () => {
      const input = dialog.querySelector("#confirm-name");
      (asking?.dataset.confirmName ? input : dialog.querySelector(".modal-footer [data-bs-dismiss]")).focus();
    });
    dialog.addEventListener("hidden.bs.modal", () => {
      const button = standing(asking);
      asking = null;
      if (accepted && button) {
        confirmed = button;
        button.click();
      } else if (accepted) toast("This is not possible any more: the page has changed meanwhile.", "error");
      else button?.focus();
      accepted = false;
    });
  };

  // --- Guarded forms: <form data-guard>, or data-guard="changed" where unsaved input came back from the server ----
  const guarded = new Map();
  const contents = (form) =>
    JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
  const isChanged = (form) => form.dataset.guard === "changed" || guarded.get(form) !== contents(form);
  const guardForms = () => {
    for (const form of document.querySelectorAll("form[data-guard]")) {
      if (!guarded.has(form)) guarded.set(form, contents(form));
    }
  };
  window.addEventListener("beforeunload", (event) => {
    if ([...guarded.keys()].some((form) => form.isConnected && isChanged(form))) event.preventDefault();
  });
  document.addEventListener("submit", (event) => event.defaultPrevented || guarded.delete(event.target));
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    if (requestConfig.triggeringEvent?.type === "submit" && xhr.status < 400) guarded.delete(elt);
  });

  // --- Tables wider than their place: a shadow, and a button that says what is not in sight ---------------------
  const furtherColumns = ({ currentTarget: button }) => {
    const place = button.closest(".table-scroll");
    place.scrollBy({ left: place.clientWidth * 0.7, behavior: "smooth" });
  };
  const showCut = (place) => {
    const edge = place.getBoundingClientRect().right;
    const rest = [...place.querySelectorAll("thead th")].filter((cell) => cell.getBoundingClientRect().right > edge + 1).length;
    place.classList.toggle("is-cut", rest > 0);
    place.classList.toggle("is-scrolled", place.scrollLeft > 0);
    place.querySelector(":scope > .scroll-more > button").textContent = `${rest} more ›`;
  };
  const widths = new ResizeObserver((changes) => changes.forEach(({ target }) => showCut(target)));
  const prepareTables = (root) => {
    for (const place of root.querySelectorAll(".table-scroll:not(:has(> .scroll-more))")) {
      const shadow = document.createElement("div");
      const button = document.createElement("button");
      shadow.className = "scroll-more";
      Object.assign(button, { type: "button", title: "Show further columns" });
      button.addEventListener("click", furtherColumns);
      shadow.append(button);
      place.append(shadow);
      place.addEventListener("scroll", () => showCut(place), { passive: true });
      widths.observe(place);
    }
  };

  // --- htmx: lost sessions and connections -------------------------------------------------------------------
  document.addEventListener("htmx:beforeSwap", (event) => {
    const address = event.detail.xhr?.responseURL;
    if (address && new URL(address).pathname === document.body.dataset.loginUrl) {
      event.detail.shouldSwap = false; // signed out meanwhile: the page itself leads to the sign-in
      window.location.reload();
    }
  });
  const LOST = "The console does not answer. What you see may be old; it is tried again.";
  const FAILED = "That did not work: the console reported an error. Try again, or reload the page.";
  document.addEventListener("htmx:sendError", () => toast(LOST, "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    toast([502, 503, 504].includes(status) ? LOST : FAILED, "error");
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (event.detail.failed) return;
    for (const box of document.querySelectorAll("#toasts .toast-error")) {
      if (box.textContent.includes(LOST)) window.bootstrap.Toast.getOrCreateInstance(box).hide();
    }
  });

  // --- Start -------------------------------------------------------------------------------------------------
  const prepare = (root) => {
    showTimes(root);
    prepareRows(root);
    prepareTables(root);
  };
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.detail.elt.parentElement ?? document));
  const start = () => {
    prepare(document);
    prepareDialog(document.getElementById("confirm-dialog"));
    for (const box of document.querySelectorAll("#toasts .toast")) startToast(box, true);
    document.querySelector("[data-form-errors]")?.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  // After the page's own scripts have filled their forms.
  window.addEventListener("load", () => setTimeout(guardForms));
})();
