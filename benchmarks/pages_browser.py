"""How long a browser takes until it shows the convergence chart of job details, for benchmarks/pages.py."""

from __future__ import annotations

import shutil
import statistics
import tempfile
from dataclasses import dataclass

LATER = 3
WATCH = """
window.convergenceShown = new Promise((done) => {
  const shown = () => requestAnimationFrame(() => {
    const channel = new MessageChannel(); // its message comes after the frame
    channel.port1.onmessage = () => done(performance.now() / 1000);
    channel.port2.postMessage(null);
  });
  new MutationObserver((changes, watch) => {
    if (!changes.some(({ target }) => target.dataset.chartName === "convergence")) return;
    watch.disconnect();
    shown();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-chart-ready"] });
});
"""


@dataclass(frozen=True)
class Visits:
    """Seconds from asking for the page until the frame with its chart: medians over profiles, and over visits."""

    first: float
    later: float


def visits(address: str, session: str, profiles: int) -> Visits | None:
    """Open the page in that many new profiles, `LATER` more times in each; None without Chromium.

    By the page's own clock, which starts when the page is asked for: what drives the browser is not measured.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        return None
    from playwright.sync_api import sync_playwright

    first, later = [], []
    with sync_playwright() as driver:
        for _ in range(profiles):
            with tempfile.TemporaryDirectory(prefix="argmax-profile-", ignore_cleanup_errors=True) as profile:
                context = driver.chromium.launch_persistent_context(
                    profile,
                    executable_path=chromium,
                    args=["--no-sandbox", "--disable-gpu"],
                    viewport={"width": 1280, "height": 900},
                )
                context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
                context.new_page().goto("about:blank")  # the browser itself has started
                first.append(_shown(context, address))
                later += [_shown(context, address) for _ in range(LATER)]
                context.close()
    return Visits(statistics.median(first), statistics.median(later))


def _shown(context, address: str) -> float:
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address, wait_until="commit")
    seconds = page.evaluate("window.convergenceShown")
    page.close()
    return seconds
