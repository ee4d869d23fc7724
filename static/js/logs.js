// The log of a trial: the live tail appends to [data-log-url] what has come since, until the trial has ended;
// an address that ends in #L123 opens the part that holds this line.
(() => {
  "use strict";
  const EVERY_MS = 1000;
  const MOST_LINES = 5000; // that a page keeps while it follows a log

  const lineOf = (number, text) => {
    const line = document.createElement("span");
    line.className = "log-line";
    line.id = `L${number}`;
    const link = document.createElement("a");
    link.className = "log-number";
    link.href = `#L${number}`;
    link.textContent = number;
    line.append(link, text);
    return line;
  };

  const append = (log, part) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    log.querySelector("[data-log-rest]")?.remove();
    part.lines.forEach((text, index) => log.append(lineOf(part.numbers[index], text)));
    if (part.rest) {
      const rest = lineOf(part.next, part.rest); // a line that is not whole yet, such as a progress bar
      rest.dataset.logRest = "";
      log.append(rest);
    }
    if (!atEnd) return; // whoever reads further up keeps what is there
    const lines = log.getElementsByClassName("log-line");
    while (lines.length > MOST_LINES) lines[0].remove();
    log.scrollTop = log.scrollHeight;
  };

  // The whole page changes with the end of the trial; what somebody is writing on it is waited for.
  const reload = (told = false) => {
    if (window.dispatchEvent(new Event("beforeunload", { cancelable: true }))) return window.location.reload();
    const text = "The trial has ended. The page is loaded again once what you have typed is saved or given up.";
    if (!told) document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "info" } }));
    return setTimeout(() => reload(true), EVERY_MS);
  };

  const follow = async (log) => {
    if (!log.isConnected) return;
    let ended = false;
    try {
      const since = `&after=${log.dataset.logEnd}&line=${log.dataset.logNext}`;
      const response = await fetch(log.dataset.logUrl + since, { credentials: "same-origin" });
      if (response.ok) {
        const part = await response.json();
        if (String(part.attempt) !== log.dataset.logAttempt) {
          log.replaceChildren();
          log.dataset.logAttempt = part.attempt;
          log.dataset.logEnd = "0";
          log.dataset.logNext = "1";
        } else {
          append(log, part);
          log.dataset.logEnd = part.end;
          log.dataset.logNext = part.next;
          ended = part.ended && part.lines.length === 0;
        }
      }
    } catch (problem) {
      // The console does not answer right now: the next look may succeed.
    }
    if (ended) reload();
    else setTimeout(() => follow(log), EVERY_MS);
  };

  const scrollTo = (log, line) => {
    log.scrollTop = line.offsetTop - log.offsetTop - log.clientHeight / 3;
  };

  const start = (root) => {
    for (const log of root.querySelectorAll("pre[data-log-line], pre[data-log-url]")) {
      if (log.following) continue;
      log.following = true;
      const wanted = log.dataset.logLine && log.querySelector(`#L${log.dataset.logLine}`);
      if (wanted) scrollTo(log, wanted);
      else log.scrollTop = log.scrollHeight;
      if (log.dataset.logUrl) follow(log);
    }
  };

  // #L123 of a line that this part does not hold: ask for the part that does.
  const openLine = () => {
    const number = /^#L(\d+)$/.exec(window.location.hash)?.[1];
    const panel = document.querySelector("[data-log-page]");
    if (!number || !panel) return;
    const line = document.getElementById(`L${number}`);
    const address = new URL(window.location);
    if (line) {
      scrollTo(line.closest("pre"), line);
      panel.scrollIntoView({ block: "start" }); // with Previous and Next above it
    } else if (address.searchParams.get("line") !== number) {
      address.searchParams.set("line", number);
      window.location.replace(address);
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    start(document);
    openLine();
  });
  window.addEventListener("load", openLine); // after the browser's own jump to the line
  window.addEventListener("hashchange", openLine);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-trial-choose] select")) event.target.form.requestSubmit();
  });
  document.addEventListener("htmx:afterSwap", () => start(document));
})();
