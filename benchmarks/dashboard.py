"""Resident size of the dashboard's process after one visitor has got an answer in a real browser."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from tempfile import TemporaryDirectory

import psutil  # type: ignore[import-untyped]

from benchmarks.cases import ROOT

PATIENCE = 60.0
STEPS = (".st-key-begin button", ".st-key-kinds_plain button")
"""What is pressed from the first page to an answer."""
ANSWER = ".cn-rows"
REST, BUSY, LOOK = 3.0, 10.0, 0.1
"""At rest is who for so many seconds took no more than so many percent of a core; looked at so often."""


def dashboard() -> dict[str, object]:
    """Bytes before any visit, at most during one, and at rest with its answer; says so where there is none."""
    with TemporaryDirectory() as home:
        port = _free_port()
        server = _start(port, home)
        try:
            _wait(port, server)
            process = psutil.Process(server.pid)
            before = process.memory_info().rss
            visit, peak = _visit(f"http://127.0.0.1:{port}", process)
            return {"before": before, "peak": peak, "after": process.memory_info().rss, "visit": visit}
        finally:
            server.terminate()
            server.wait(timeout=20)


def _visit(address: str, server: psutil.Process) -> tuple[str, int]:
    """How it ended, and the most bytes until the server came to rest."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return "no browser here", 0
    from playwright.sync_api import Error, sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=flags)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(address)
            for step in STEPS:
                page.locator(step).first.click()
            page.wait_for_selector(ANSWER)
            return "answered", _rest(server)
        except Error as error:
            return f"ended early: {str(error).splitlines()[0]}", 0
        finally:
            browser.close()


def _rest(process: psutil.Process) -> int:
    """Wait until it has worked out what it works out beside the answer; returns the most bytes on the way."""
    peak, quiet, begun = 0, 0.0, time.monotonic()
    process.cpu_percent()
    while quiet < REST and time.monotonic() - begun < PATIENCE:
        time.sleep(LOOK)
        peak = max(peak, process.memory_info().rss)
        quiet = quiet + LOOK if process.cpu_percent() <= BUSY else 0.0
    return peak


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(port: int, home: str) -> subprocess.Popen[bytes]:
    options = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    return subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT,
        env={**os.environ, "HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError("the dashboard ended before it answered")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as response:
                if response.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the dashboard did not come up")
