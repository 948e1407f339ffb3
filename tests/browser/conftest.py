"""A server of the page on a free port, and a browser that talks to it; each test has a fresh profile."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, WebSocket, expect, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from crampnet.knowledge.cache import cache_folder
from crampnet.ui.service import PRIORS

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "support" / "tiny_priors"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60.0
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if found is None:
        reason = "there is no browser here: the program chromium is not on the path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path | None], str]]:
    """Start the page on a knowledge (the shipped one for None); returns its address."""
    running: list[subprocess.Popen[bytes]] = []

    def start(priors: Path | None) -> str:
        port = _free_port()
        running.append(_start(port, priors, tmp_path_factory.mktemp("home")))
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health", running[-1])
        return address

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def tiny(browser: Browser, serve: Callable[[Path | None], str]) -> str:
    return serve(TINY)


@pytest.fixture(scope="session")
def shipped(browser: Browser, serve: Callable[[Path | None], str]) -> str:
    return serve(None)


class Runs:
    """Whether what a reader did last is drawn, from what browser and server say to each other; looks of a timer aside.

    A browser that is slow, or a server that is, makes any fixed time too short.
    """

    def __init__(self) -> None:
        self.waiting = False
        self._begun = False

    def listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        said = BackMsg.FromString(frame) if isinstance(frame, bytes) else BackMsg()
        if said.WhichOneof("type") == "rerun_script" and not said.rerun_script.is_auto_rerun:
            self.waiting, self._begun = True, False

    def _received(self, frame: bytes | str) -> None:
        said = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        kind = said.WhichOneof("type")
        if kind == "new_session":
            self._begun = True
        elif kind == "script_finished":
            if self._begun and said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self.waiting = False
            self._begun = False


@dataclass
class Visit:
    """One visit: the page, and every request and console error since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    runs: Runs = field(default_factory=Runs)

    def settle(self) -> None:
        """Wait until the page has finished what the last action began."""
        deadline = time.monotonic() + PATIENCE
        self.page.wait_for_timeout(150)
        while self.runs.waiting:
            assert time.monotonic() < deadline, "the page did not finish"
            self.page.wait_for_timeout(20)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=PATIENCE * 1000
        )

    def step(self, name: str) -> None:
        self.page.locator(".st-key-step").get_by_text(name, exact=True).click()
        expect(self.page.get_by_role("heading", name=f": {name}")).to_be_visible()
        self.settle()

    def go(self, name: str) -> None:
        """Open another page by the link that this width shows."""
        self.page.get_by_role("link", name=name, exact=True).locator("visible=true").click()
        self.settle()

    def assert_fits(self) -> None:
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) <= 0
        block = "(e => e.scrollWidth - e.clientWidth)(document.querySelector('[data-testid=stMain]'))"
        assert self.page.evaluate(block) <= 0


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open an address in a window of a size and color scheme, and wait for the page."""
    contexts = []

    def opened(address: str, width: int, height: int, scheme: str = "light") -> Visit:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        contexts.append(context)
        found = Visit(context.new_page())

        def noted(request: Request) -> None:
            found.requests.append(request.url)

        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                found.errors.append(message.text)

        found.page.on("websocket", found.runs.listen)
        found.page.on("request", noted)
        found.page.on("console", said)
        found.page.goto(address)
        expect(found.page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE * 1000)
        found.settle()
        return found

    yield opened
    for context in contexts:
        context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _start(port: int, priors: Path | None, home: Path) -> subprocess.Popen[bytes]:
    """The server as `make app` starts it, with a home of its own, the tests' compiled engine, and no browser opened."""
    environment = {name: value for name, value in os.environ.items() if name != PRIORS}
    environment["CRAMPNET_CACHE"] = str(cache_folder())
    if priors is not None:
        environment[PRIORS] = str(priors)
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"]
    return subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env={**environment, "HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(address, timeout=2) as response:
                if response.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address}")
