"""Results with a unit: what people write is read, what nobody has is refused, and likelihoods behave."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crampnet.errors import BadValue, UnknownName
from crampnet.inference.measurements import likelihoods, log_likelihood_ratio, read_quantity
from crampnet.knowledge.records_findings import Abnormality, Density, Measurement
from tests.support.models import shipped, tiny

CALCIUM = tiny().knowledge.measurements["serum_calcium"]
SHIPPED = tuple(shipped().knowledge.measurements.values())


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.85 mmol/L", 1.85),
        ("1,85 mmol/L", 1.85),
        ("  1.85mmol/l ", 1.85),
        ("<1.85 mmol/L", 1.85),
        ("18.5e-1 MMOL / L", 1.85),
        ("8 mg/dL", 8 * 0.2495),
        ("8 MG/DL", 8 * 0.2495),
        ("2 mmol/L", 2.0),
    ],
)
def test_the_ways_in_which_people_write_a_value(written: str, value: float) -> None:
    assert read_quantity(CALCIUM, written) == pytest.approx(value, rel=1e-12)


def test_microgram_has_many_spellings() -> None:
    measurement = CALCIUM.model_copy(update={"unit": "µg/L", "units": {}, "possible": (0.0, 10.0)})
    assert {read_quantity(measurement, f"3 {unit}") for unit in ("µg/L", "μg/L", "ug/L", "mcg/L", "ug / l")} == {3.0}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("1.85", "mmol/L or mg/dL"),
        (1.85, "mmol/L or mg/dL"),
        ("", "2.15 mmol/L"),
        ("low", "2.15 mmol/L"),
        ("1.8.5 mmol/L", "serum_calcium"),
        (None, "2.15 mmol/L"),
        (True, "2.15 mmol/L"),
        (["1.85 mmol/L"], "2.15 mmol/L"),
        ("nan mmol/L", "2.15 mmol/L"),
        ("40 mmol/L", "no living person"),
        ("-1 mmol/L", "no living person"),
        ("1e999 mmol/L", "no living person"),
        ("1.85 mg/dL", "no living person"),
        ("1,850 mmol/L", "1850 or 1.850"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_a_remedy(given: object, said: str) -> None:
    with pytest.raises((BadValue, UnknownName)) as error:
        read_quantity(CALCIUM, given)
    assert "serum_calcium" in str(error.value)
    assert said in str(error.value)


@pytest.mark.parametrize(("unit", "offered"), [("mgdL", "mg/dL"), ("mmol", "mmol/L"), ("furlongs", "mmol/L")])
def test_an_unknown_unit_offers_the_known_ones(unit: str, offered: str) -> None:
    with pytest.raises(UnknownName) as error:
        read_quantity(CALCIUM, f"1.85 {unit}")
    assert error.value.given == unit
    assert offered in error.value.nearest


def test_a_test_without_unit_needs_none() -> None:
    ph = CALCIUM.model_copy(update={"unit": "pH", "units": {}, "possible": (6.5, 8.0)})
    assert read_quantity(ph, "7.52") == read_quantity(ph, 7.52) == read_quantity(ph, "7.52 pH") == 7.52


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_unit_conversions_invert(measurement: Measurement) -> None:
    for low_high in measurement.reference.values():
        for value in low_high:
            for unit, conversion in measurement.units.items():
                other = (value - conversion.offset) / conversion.factor
                assert read_quantity(measurement, f"{other!r} {unit}") == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_a_shipped_test_answers_at_the_ends_of_the_possible(measurement: Measurement) -> None:
    for value in measurement.possible:
        read = read_quantity(measurement, f"{value} {measurement.unit}")
        for off, on in likelihoods(measurement, read).values():
            assert 0.0 < min(off, on) <= max(off, on) == 1.0


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_a_shipped_abnormality_is_told_from_the_middle_of_the_reference_range(measurement: Measurement) -> None:
    for abnormality in measurement.abnormalities.values():
        extreme = measurement.possible[0 if abnormality.side == "low" else 1]
        for low, high in measurement.reference.values():
            assert log_likelihood_ratio(abnormality, (low + high) / 2) < 0.0
        assert log_likelihood_ratio(abnormality, extreme) > math.log(10)


centre = st.floats(0.5, 50)
spread = st.floats(0.05, 20)


@st.composite
def abnormalities(draw: st.DrawFn) -> Abnormality:
    usual, shift = draw(centre), draw(st.floats(0.1, 30))
    side = draw(st.sampled_from(["low", "high"]))
    changed = {
        "side": side,
        "scale": draw(st.sampled_from(["linear", "log"])),
        "without": Density(mean=usual, sd=draw(spread)),
        "with_": Density(mean=usual + (shift if side == "high" else -shift), sd=draw(spread)),
        "cap": draw(st.floats(2, 1000)),
    }
    return CALCIUM.abnormalities["serum_calcium_low"].model_copy(update=changed)


@given(abnormalities(), st.floats(0.01, 1e4), st.floats(0.01, 1e4))
def test_the_likelihood_ratio_is_monotone_in_the_value_and_capped(
    abnormality: Abnormality, one: float, other: float
) -> None:
    low, high = (log_likelihood_ratio(abnormality, value) for value in sorted((one, other)))
    toward = (low, high) if abnormality.side == "high" else (high, low)
    assert toward[0] <= toward[1] + 1e-12
    assert max(abs(low), abs(high)) <= math.log(abnormality.cap) + 1e-12


@given(abnormalities(), st.floats(0, 1))
def test_between_the_means_the_ratio_is_that_of_the_two_normal_densities(
    abnormality: Abnormality, where: float
) -> None:
    usual, shifted = abnormality.without, abnormality.with_
    x = usual.mean + where * (shifted.mean - usual.mean)
    assume(abs(x) < 500)

    def density(d: Density) -> float:
        return math.exp(-0.5 * ((x - d.mean) / d.sd) ** 2) / d.sd

    assume(density(usual) > 1e-200 and density(shifted) > 1e-200)
    expected = max(min(density(shifted) / density(usual), abnormality.cap), 1 / abnormality.cap)
    value = math.exp(x) if abnormality.scale == "log" else x
    assert math.exp(log_likelihood_ratio(abnormality, value)) == pytest.approx(expected, rel=1e-6)


def test_a_value_speaks_for_one_abnormality_and_against_the_other() -> None:
    found = likelihoods(CALCIUM, 1.85)
    off, on = found["serum_calcium_low"]
    # Between 1.9 and 2.35 the value counts as 1.9: ratio 0.1/0.2 exp(0.5 (0.45/0.1)^2), capped at 1000.
    assert on == 1.0
    assert off == pytest.approx(1 / 1000)
    off, on = found["serum_calcium_high"]
    # It counts as 2.35 there: 0.1/0.2 exp(-0.5 (0.55/0.2)^2).
    assert off == 1.0
    assert on == pytest.approx(0.5 * math.exp(-0.5 * 2.75**2))
    normal = likelihoods(CALCIUM, 2.35)
    assert normal["serum_calcium_low"][1] < 0.1
    assert normal["serum_calcium_high"][1] < 0.1
