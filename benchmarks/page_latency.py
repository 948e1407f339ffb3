"""How long a changed answer takes: on the server, and until the browser shows its new number.

A server of the page on the shipped knowledge, one window of Chromium, one change after another. "Server" is the run of
the page's script for a change; "browser" is from the press of the finger to the first frame after the ranking has
changed. Prints one line for each measure; run by hand: `python benchmarks/page_latency.py [changes]`.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[1]
CHANGES = 60
WARM_UP = 6
PATIENCE = 60.0
PAUSE = 1500
"""Milliseconds between two changes: a reader who answers fast. Work for the last answer is still going on then."""

SCRIPT = """
import time
start = time.perf_counter()
import crampnet.ui
crampnet.ui.main()
with open({log!r}, "a") as log:
    print((time.perf_counter() - start) * 1000.0, file=log)
"""

WATCH = """() => {
  const rows = () => document.querySelector('.cn-rows')?.innerText ?? '';
  window.latency = {arm() { this.before = rows(); this.pressed = this.shown = null; }};
  document.addEventListener('pointerdown', () => { window.latency.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = window.latency;
    if (!now.pressed || now.shown || rows() === now.before) return;
    requestAnimationFrame(() => { now.shown ??= performance.now(); });
  }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def main(changes: int = CHANGES) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        log = Path(folder) / "runs"
        with served(Path(folder), log) as (address, process):
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            begin(page)
            log.write_text("", encoding="utf-8")
            shown = [change(page, number) for number in range(WARM_UP + changes)][WARM_UP:]
            runs = [float(line) for line in log.read_text(encoding="utf-8").split()][WARM_UP:]
            memory = resident(process.pid)
            browser.close()
    print(line("server", runs, "runs, those that fill in included"))
    print(line("browser", shown, "changes"))
    print(f"memory of the server: {memory:.0f} MB")


@contextmanager
def served(folder: Path, log: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The page on a free port, its runs timed into a file."""
    script = folder / "page.py"
    script.write_text(SCRIPT.format(log=str(log)), encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), *options],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield ready(f"http://127.0.0.1:{port}"), process
    finally:
        process.terminate()
        process.wait(timeout=20)


def ready(address: str) -> str:
    """Wait for the server; returns its address."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return address
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def begin(page: Page) -> None:
    """Enter a first complaint and open the questions that the changes will be made in."""
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE * 1000)
    page.locator(".st-key-begin button").click()
    page.locator(".st-key-kinds_plain button").first.click()
    expect(page.locator(".cn-rows").first).to_be_visible(timeout=PATIENCE * 1000)
    page.wait_for_timeout(2 * PAUSE)
    page.evaluate(WATCH)


def change(page: Page, number: int) -> float:
    """Answer one question differently; returns the milliseconds until the ranking has changed on the screen."""
    questions = page.locator(".st-key-questions_pattern [role=radiogroup]")
    several = min(4, questions.count())
    wanted = questions.nth(number % several).get_by_role("radio").nth((number // several) % 3)
    page.evaluate("window.latency.arm()")
    wanted.click()
    page.wait_for_function("window.latency.shown", timeout=PATIENCE * 1000)
    taken: float = page.evaluate("window.latency.shown - window.latency.pressed")
    page.wait_for_timeout(PAUSE)
    return taken


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(row.split()[1]) / 1024 for row in status.splitlines() if row.startswith("VmRSS"))


def line(name: str, values: Sequence[float], what: str) -> str:
    """Median, 90th percentile and largest of some milliseconds."""
    ninth = statistics.quantiles(values, n=10, method="inclusive")[-1]
    return (
        f"{name}: median {statistics.median(values):.0f} ms, 90th percentile {ninth:.0f} ms, "
        f"largest {max(values):.0f} ms, {len(values)} {what}"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
