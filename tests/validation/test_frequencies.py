"""Forward check: exact marginals of the model beside published frequencies, and the file that holds these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from crampnet.api import Model
from crampnet.errors import BadCase, BadYaml
from crampnet.validation.frequencies import (
    Frequency,
    agreement,
    forward_check,
    independent,
    load_frequencies,
    marginal,
    of_group,
    title,
)
from crampnet.yaml_io import dump_yaml
from tests.support.models import ROOT, tiny

AGES = ("12_17", "18_39", "40_59", "60_74", "75_120")
ONE = Frequency(
    id="one", name="n", value=0.1, interval=None, definition="d", population="p", source="s", any_of=("kind_cramp",),
    ages=AGES, sex=None, given=(), given_absent=(), differs="nothing",
)  # fmt: skip
SOURCE = {"citation": "c", "url": "https://example.org/a", "read": "abstract", "checked_on": "2026-11-27"}
ENTRY: dict[str, Any] = {
    "name": "n", "value": 0.1, "interval": None, "definition": "d", "population": "p", "source": "s",
    "any_of": ["kind_cramp"], "ages": list(AGES), "sex": None, "given": [], "given_absent": [], "differs": "nothing",
}  # fmt: skip


def p(**changes: Any) -> float:
    return marginal(tiny().network(), replace(ONE, **changes))


def test_a_base_rate_comes_back() -> None:
    network = tiny().network()
    for name in ("hypocalcemia", "dialysis"):
        assert p(any_of=(name,)) == pytest.approx(float(network.base_rates[name] @ network.strata_weights))


def test_any_of_independent_causes() -> None:
    network = tiny().network()
    one, other = (network.base_rates[name] for name in ("dialysis", "repetitive_hand_use"))
    expected = float((1 - (1 - one) * (1 - other)) @ network.strata_weights)
    assert p(any_of=("dialysis", "repetitive_hand_use")) == pytest.approx(expected)


def test_total_probability_over_what_is_given() -> None:
    share = p(any_of=("hypocalcemia",))
    with_, without = p(given=("hypocalcemia",)), p(given_absent=("hypocalcemia",))
    assert with_ > without
    assert p() == pytest.approx(with_ * share + without * (1 - share))


def test_only_the_strata_asked_for() -> None:
    network = tiny().network().among(sought_care=False)
    name = "carpal_tunnel_syndrome"
    found = {}
    for place, stratum in enumerate(network.strata):
        found[place] = p(any_of=(name,), ages=(stratum.age_band,), sex=stratum.sex)
        assert found[place] == pytest.approx(float(network.base_rates[name][place]))
    assert len({round(value, 9) for value in found.values()}) == len(network.strata)
    assert p(any_of=(name,)) == pytest.approx(float(np.dot(list(found.values()), network.strata_weights)))


def test_a_trouble_of_the_hand_is_not_assumed() -> None:
    assert p(any_of=("hand_complaint",)) < 0.9


def test_names_that_the_model_does_not_have_are_named() -> None:
    with pytest.raises(BadCase, match=r"one\.any_of: .*kind_cramps.*kind_cramp"):
        p(any_of=("kind_cramps",))


def test_what_nobody_can_have_is_an_error() -> None:
    with pytest.raises(BadCase, match="nobody of these ages"):
        p(ages=())
    with pytest.raises(BadCase, match="nobody of these ages"):
        p(given=("dialysis_cramp",), given_absent=("dialysis",))


def write(folder: Path, entry: Mapping[str, Any], sources: Mapping[str, Any] | None = None) -> Path:
    file = folder / "frequencies.yaml"
    data = {"sources": {"s": SOURCE} if sources is None else sources, "frequencies": {"one": entry}}
    file.write_text(dump_yaml(data), encoding="utf-8")
    return file


def test_model_published_and_ratio_stand_side_by_side(tmp_path: Path) -> None:
    (row,) = forward_check(tiny(), write(tmp_path, ENTRY))
    assert row["model"] == p()
    assert row["ratio"] == pytest.approx(p() / 0.1)
    assert (row["citation"], row["also_input"]) == ("c", False)


def test_a_source_that_the_model_was_built_from_is_marked(tmp_path: Path) -> None:
    knowledge = tiny().knowledge
    (name, source), *_ = knowledge.sources.items()
    used = source.model_copy(update={"url": "http://www.example.org/A/"})
    model = Model(replace(knowledge, sources={**knowledge.sources, name: used}))
    (row,) = forward_check(model, write(tmp_path, ENTRY))
    assert row["also_input"]


def test_a_paper_that_the_model_cites_under_another_address_is_marked(tmp_path: Path) -> None:
    knowledge = tiny().knowledge
    (name, source), *_ = knowledge.sources.items()
    used = source.model_copy(
        update={"citation": "Roe J, Doe A, and others. Cramps of the hand in old people: a survey. Hand. 2020;1:2."}
    )
    model = Model(replace(knowledge, sources={**knowledge.sources, name: used}))
    other = "Roe JM, Doe AB, Poe E. Cramps of the Hand in Old People: A Survey. (Journal not shown.)"
    for citation, marked in ((other, True), (other.replace("Old", "Young"), False), ("Hand. 2020;1:2.", False)):
        (row,) = forward_check(model, write(tmp_path, ENTRY, {"s": {**SOURCE, "citation": citation}}))
        assert row["also_input"] == marked
        assert len(independent([row])) == (not marked)


def test_a_title_is_neither_a_list_of_authors_nor_a_journal() -> None:
    long = "Abbott ABC, Bennett B, Cook CD, Dalton D, Eaton EFG, Fisher FF, Grant GG, Hughes HHJ"
    assert title(f"{long}. Cramp in HIV. J Hand. 2020;1:2-3.") == "crampinhiv"
    assert title("") == ""


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 4.6}, r"one\.value"),
        ({"interval": [0.2, 0.3]}, r"one\.value"),
        ({"source": "t"}, r"one\.source"),
        ({"extra": 1}, "keys"),
        ({"definition": None}, r"one\.definition"),
        ({"ages": ["18_40"]}, r"one\.ages"),
        ({"sex": "woman"}, r"one\.sex"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(changes: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=said):
        load_frequencies(write(tmp_path, ENTRY | changes))


def test_a_source_says_what_was_read(tmp_path: Path) -> None:
    with pytest.raises(BadCase, match=r"sources\.s"):
        load_frequencies(write(tmp_path, ENTRY, {"s": {"citation": "c"}}))
    with pytest.raises(BadYaml, match="cannot be read"):
        load_frequencies(tmp_path / "none.yaml")


def test_the_collected_frequencies_are_sound_and_each_source_is_used() -> None:
    found, sources = load_frequencies(ROOT / "validation" / "frequencies.yaml")
    assert len(found) >= 10
    assert {one.source for one in found} == set(sources)
    assert any(one.given for one in found)
    assert any(one.given_absent for one in found)


def test_agreement_counts_either_way_and_by_group() -> None:
    rows = [
        {"ratio": ratio, "given": given}
        for ratio, given in ((1.0, ()), (0.79, ("x",)), (0.8, ()), (2.1, ()), (0.0, ()))
    ]
    assert agreement(rows) == (5, 2, 3, 3)
    assert agreement(of_group(rows, "given")) == (1, 0, 1, 1)
    assert agreement(of_group(rows, "everybody")) == (4, 2, 2, 2)
    assert agreement([]) == (0, 0, 0, 0)
