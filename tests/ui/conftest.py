"""The pages under Streamlit's own test driver, on the tiny knowledge."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crampnet.api import Model, load_model
from crampnet.knowledge import Knowledge
from crampnet.ui.catalog import Catalog
from crampnet.ui.service import PRIORS
from crampnet.ui.state import Session

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "support" / "tiny_priors"


@pytest.fixture(scope="session")
def model() -> Model:
    return load_model(TINY)


@pytest.fixture(scope="session")
def knowledge(model: Model) -> Knowledge:
    return model.knowledge


@pytest.fixture(scope="session")
def catalog(model: Model) -> Catalog:
    return Catalog(model.vocabulary)


class Driver:
    """One visit. Every run is checked for an exception."""

    def __init__(self, app: AppTest) -> None:
        self.app = app
        self.run()

    def run(self) -> Driver:
        self.app.run()
        assert not self.app.exception
        return self

    @property
    def session(self) -> Session:
        found: Session = self.app.session_state["crampnet"]
        return found

    def step(self, name: str) -> Driver:
        self.app.pills(key="step").set_value(name)
        return self.run()

    def reply(self, name: str, state: str | None, prefix: str = "finding") -> Driver:
        self.app.segmented_control(key=f"{prefix}_{name}").set_value(state)
        return self.run()

    def say(self, field: str, state: str) -> Driver:
        """Answer yes, no or don't know about a field of the case."""
        self.app.segmented_control(key=field).set_value(state)
        return self.run()

    def tick(self, name: str, value: bool = True) -> Driver:
        self.app.checkbox(key=f"sign_{name}").set_value(value)
        return self.run()

    @property
    def signs(self) -> dict[str, bool]:
        """The checklist that is shown: sign -> whether it is ticked."""
        boxes = [(str(box.key), box.value) for box in self.app.checkbox]
        return {key.removeprefix("sign_"): value for key, value in boxes if key.startswith("sign_")}

    def unfold(self, key: str, *, opened: bool = True) -> Driver:
        """Open or close an expander that is drawn once it is opened."""
        self.app.session_state[key] = opened
        return self.run()

    def click(self, key: str) -> Driver:
        self.app.button(key=key).click()
        return self.run()

    def dismiss(self, name: str = "none") -> Driver:
        """Use a button under the checklist that is shown: "none" or "unknown"."""
        return self.click(f"{name}_{self.session.list_place}")

    def has_button(self, key: str) -> bool:
        return any(button.key == key for button in self.app.button)

    def settle(self) -> Driver:
        """Wait for the work beside the page, and draw what it found."""
        deadline = time.monotonic() + 30
        while self.session.job is not None and self.session.job.open:
            assert time.monotonic() < deadline, f"still open: {self.session.job.open}"
            time.sleep(0.02)
        return self.run()

    @property
    def html(self) -> str:
        return "\n".join(part.value for part in self.app.html if "<style>" not in part.value)

    @property
    def errors(self) -> str:
        return "\n".join(error.value for error in (*self.app.error, *self.app.warning))

    @property
    def shares(self) -> dict[str, float]:
        report = self.session.report
        return {} if report is None else {row.condition: row.contributes for row in report.rows}


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PRIORS, str(TINY))


@pytest.fixture
def page(tiny: None) -> Driver:
    return Driver(AppTest.from_file(str(ROOT / "app.py"), default_timeout=30))


@pytest.fixture
def visit(tiny: None) -> Callable[[], Driver]:
    """A visit that goes to the page named in the session state under "where"."""
    return lambda: Driver(AppTest.from_function(_any_page, default_timeout=30))


def _any_page() -> None:
    import streamlit as st

    from crampnet.ui import about, accuracy, assess
    from crampnet.ui.service import desk

    pages = {"about": about, "accuracy": accuracy, "assess": assess}
    pages[st.session_state.get("where", "assess")].draw(desk())
