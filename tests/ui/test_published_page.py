"""The published cases opened on the page, on the shipped knowledge: the same answer as the library gives."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import crampnet
from crampnet.inference.case import write_case
from crampnet.ui.service import PRIORS
from crampnet.ui.text import escape, words
from tests.cases.scoring import HERE, Published, published
from tests.ui.conftest import ROOT, Driver
from tests.ui.test_casefile import upload


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Driver:
    monkeypatch.delenv(PRIORS, raising=False)
    return Driver(AppTest.from_file(str(ROOT / "app.py"), default_timeout=120))


def test_results_that_are_read_together_say_so(page: Driver) -> None:
    results = {"serum_calcium": "1.95 mmol/L", "serum_albumin": "25 g/L", "serum_creatinine": "2.1 mg/dL"}
    case = crampnet.Case(age=70, sex="female", present=["kind_cramp"], results=results)
    upload(page, write_case(case).encode())
    page.step("results")
    shown = "\n".join(text.value for text in page.app.markdown)
    assert f"**1.95 mmol/L** ({escape('corrected for albumin: 2.25 mmol/L')})" in shown
    assert f"**2.1 mg/dL** ({escape('kidney filter rate by CKD-EPI 2021: 24.9 mL/min/1.73m2')})" in shown
    page.app.selectbox(key="test_plain").set_value("hemoglobin")
    page.run()
    ranges = next(text.value for text in page.app.caption if text.value.startswith(words("results.reference")))
    assert "women 120 to 155" in ranges
    assert "men 130" not in ranges


@pytest.mark.parametrize("case", published(), ids=lambda case: case.name)
def test_the_page_gives_the_answer_of_the_library(case: Published, page: Driver) -> None:
    upload(page, (HERE / "published" / f"{case.name}.yaml").read_bytes())
    answer = crampnet.load_model().diagnose(case.case)
    report = page.session.report
    assert report is not None
    assert page.shares == answer.ranking["contributes"].to_dict()
    assert report.urgency.level == answer.urgency.level
