// The live tail: appends to [data-log-url] what the trial's log has got since, until the trial has ended.
(() => {
  "use strict";
  const EVERY_MS = 1000;

  const append = (log, lines) => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    for (const text of lines) {
      const line = document.createElement("span");
      line.className = "log-line";
      line.textContent = text;
      log.append(line);
    }
    if (atEnd) log.scrollTop = log.scrollHeight;
  };

  const follow = async (log) => {
    if (!log.isConnected) return;
    let ended = false;
    try {
      const response = await fetch(`${log.dataset.logUrl}&after=${log.dataset.logEnd}`, { credentials: "same-origin" });
      if (response.ok) {
        const part = await response.json();
        if (String(part.attempt) !== log.dataset.logAttempt) {
          log.replaceChildren();
          log.dataset.logAttempt = part.attempt;
          log.dataset.logEnd = "0";
        } else {
          append(log, part.lines);
          log.dataset.logEnd = part.end;
          ended = part.ended && part.lines.length === 0;
        }
      }
    } catch (problem) {
      // The console does not answer right now: the next look may succeed.
    }
    if (ended) window.location.reload();
    else setTimeout(() => follow(log), EVERY_MS);
  };

  const start = (root) => {
    for (const log of root.querySelectorAll("[data-log-url]")) {
      if (log.following) continue;
      log.following = true;
      log.scrollTop = log.scrollHeight;
      follow(log);
    }
  };

  document.addEventListener("DOMContentLoaded", () => start(document));
  document.addEventListener("htmx:afterSwap", () => start(document));
})();
