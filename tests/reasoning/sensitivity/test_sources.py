"""Shares of sources: they sum to one, and are those of correlated figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crampnet.errors import BadValue
from crampnet.inference.case import Case
from crampnet.reasoning.sensitivity import Row, Survey, most_influential, source_shares, survey
from tests.reasoning.sensitivity.support import setup_of

SETUP = setup_of()
FOUND = survey(SETUP)
ROW = SETUP.leader
OTHER = Row("carpal_tunnel_syndrome", "present")


def sourced(found: Survey, keys: list[str | None]) -> Survey:
    """The survey with other sources under its figures, in turn."""
    figures = tuple(replace(p, source=keys[i % len(keys)]) for i, p in enumerate(found.parameters))
    return replace(found, parameters=figures)


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=7),
    st.floats(0.0, 1.0),
    st.sampled_from([ROW, OTHER]),
)
def test_the_shares_of_each_table_sum_to_one(keys: list[str | None], rho: float, row: Row) -> None:
    found = source_shares(sourced(FOUND, keys), row, rho=rho)
    for table in (found.sources, found.bases, found.grades):
        assert table["share"].sum() == pytest.approx(1.0, abs=1e-9)
        assert table["figures"].sum() == len(FOUND.parameters)
    assert (found.sources["share"] >= -1e-12).all()
    assert set(found.sources.index) <= {"a", "b", "c", "judgement"}


def test_the_variance_is_that_of_correlated_figures() -> None:
    """g' R g with R the correlations: rho within a source, none among judgements."""
    keys = ["a", "b", None, "a"]
    found = sourced(FOUND, keys)
    g, source = FOUND.influence(ROW), [p.source for p in found.parameters]
    same = np.array([[0.5 if s is not None and s == t else 0.0 for t in source] for s in source])
    np.fill_diagonal(same, 1.0)
    shares = source_shares(found, ROW, rho=0.5)
    assert shares.variance == pytest.approx(float(g @ same @ g), rel=1e-10)
    mine = np.array([s == "a" for s in source])
    assert shares.sources["share"]["a"] * shares.variance == pytest.approx(
        float(g[mine] @ same[np.ix_(mine, mine)] @ g[mine]), rel=1e-10
    )


def test_figures_of_one_source_add_up_or_cancel() -> None:
    up = [p.path for p, g in zip(FOUND.parameters, FOUND.influence(ROW), strict=True) if g > 0.01][:3]
    found = survey(SETUP, up)
    together = source_shares(sourced(found, ["a"]), ROW).variance
    apart = source_shares(sourced(found, [None]), ROW).variance
    assert together > apart


def test_judgements_are_grouped_and_the_strongest_is_named() -> None:
    found = source_shares(FOUND, ROW)
    assert list(found.sources.index) == ["judgement"]
    assert found.sources.loc["judgement", "strongest"] == most_influential(FOUND, ROW, most=1)[0]
    assert list(found.grades.index) == ["E"]


def test_a_certain_row_hangs_on_nothing() -> None:
    setup = setup_of(Case(diagnoses=["hypocalcemia"], present=["kind_spasm"]))
    with pytest.raises(BadValue, match="does not hang on"):
        source_shares(survey(setup), Row("hypocalcemia", "present"))
