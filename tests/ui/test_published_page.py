"""The published cases opened on the page, on the shipped knowledge: the same answer as the library gives."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import crampnet
from crampnet.ui.service import PRIORS
from tests.cases.scoring import HERE, Published, published
from tests.ui.conftest import ROOT, Driver
from tests.ui.test_casefile import upload


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.delenv(PRIORS, raising=False)
    return Driver(AppTest.from_file(str(ROOT / "app.py"), default_timeout=120))


@pytest.mark.parametrize("case", published(), ids=lambda case: case.name)
def test_the_page_gives_the_answer_of_the_library(case: Published, page: Driver) -> None:
    upload(page, (HERE / "published" / f"{case.name}.yaml").read_bytes())
    answer = crampnet.load_model().diagnose(case.case)
    report = page.session.report
    assert report is not None
    assert page.shares == answer.ranking["contributes"].to_dict()
    assert report.urgency.level == answer.urgency.level
