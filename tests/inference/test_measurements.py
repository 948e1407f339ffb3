"""Results with a unit: what people write is read, what nobody has is refused, and likelihoods behave."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crampnet.errors import BadValue, UnknownName
from crampnet.inference.measurements import (
    People,
    average_ratio,
    likelihoods,
    log_likelihood_ratio,
    measured,
    read_quantity,
)
from crampnet.knowledge.people import SEXES, fitting
from crampnet.knowledge.record import AgeBand
from crampnet.knowledge.records_findings import Abnormality, Density, Measurement
from crampnet.knowledge.records_general import BANDS
from tests.support.models import shipped, tiny

CALCIUM = tiny().knowledge.measurements["serum_calcium"]
SHIPPED = tuple(shipped().knowledge.measurements.values())
EVERYONE = [(sex, band) for sex in SEXES for band in BANDS]
ANYBODY = [(sex, band, 0.1) for sex, band in EVERYONE]


def log_ratio(abnormality: Abnormality, value: float, sex: str | None = None, band: str | None = None) -> float:
    return float(log_likelihood_ratio(abnormality, value, sex, band)[0])


def mean_ratio(abnormality: Abnormality, value: float, people: People) -> float:
    return float(average_ratio(abnormality, value, people)[0])


def pairs(measurement: Measurement, value: float, people: People = ()) -> dict[str, tuple[float, float]]:
    found = likelihoods(measurement, value, people)
    return {name: (float(weights[0, 0]), float(weights[1, 0])) for name, weights in found.items()}


def range_of(measurement: Measurement, sex: str, band: str) -> tuple[float, float]:
    found = fitting(measurement.reference, sex, band)
    assert found is not None
    return found


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
        for off, on in pairs(measurement, read).values():
            assert 0.0 < min(off, on) <= max(off, on) == 1.0


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_a_shipped_abnormality_is_told_from_the_middle_of_the_reference_range(measurement: Measurement) -> None:
    for abnormality in measurement.abnormalities.values():
        extreme = measurement.possible[0 if abnormality.side == "low" else 1]
        for sex, band in EVERYONE:
            low, high = range_of(measurement, sex, band)
            assert log_ratio(abnormality, (low + high) / 2, sex, band) < 0.0
            assert log_ratio(abnormality, extreme, sex, band) > math.log(10)


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_a_shipped_result_neither_jumps_nor_turns_and_stays_within_its_cap(measurement: Measurement) -> None:
    """Over the whole possible range, the reference limits among the points, for every sex and age and for nobody's."""
    low, high = measurement.possible
    limits = {limit for range_ in measurement.reference.values() for limit in range_}
    points = sorted({low + (high - low) * (n / 400) ** 3 for n in range(401)} | limits)
    for people in [ANYBODY, *([(sex, band, 1.0)] for sex, band in EVERYONE)]:
        for abnormality in measurement.abnormalities.values():
            ratios = [mean_ratio(abnormality, value, people) for value in points]
            assert ratios == sorted(ratios, reverse=abnormality.side == "low")
            assert max(map(abs, ratios)) <= math.log(abnormality.cap) + 1e-12
            for limit in limits:
                around = [mean_ratio(abnormality, limit * step, people) for step in (1 - 1e-9, 1 + 1e-9)]
                assert around[0] == pytest.approx(around[1], abs=1e-4)


@pytest.mark.parametrize("measurement", SHIPPED, ids=lambda m: str(m.id))
def test_the_limit_of_a_group_is_where_its_own_results_begin_to_speak(measurement: Measurement) -> None:
    """A group with densities of its own has a limit of its own: there the value says little either way."""
    for abnormality in measurement.abnormalities.values():
        for sex, band in EVERYONE:
            if fitting(abnormality.groups, sex, band) is not None:
                limit = range_of(measurement, sex, band)[abnormality.side == "high"]
                assert abs(log_ratio(abnormality, limit, sex, band)) < math.log(4)


@given(st.sampled_from(SHIPPED), st.floats(0, 1), st.sampled_from([None, *BANDS]))
def test_an_unknown_sex_lies_between_the_sexes(measurement: Measurement, where: float, band: AgeBand | None) -> None:
    low, high = measurement.possible
    value = low + where * (high - low)
    both = [(sex, its, share) for sex, its, share in ANYBODY if band in (None, its)]
    total = sum(share for *_, share in both)
    unknown = [(sex, its, share / total) for sex, its, share in both]
    for abnormality in measurement.abnormalities.values():
        own = [log_ratio(abnormality, value, sex, its) for sex, its, _ in both]
        assert min(own) - 1e-12 <= mean_ratio(abnormality, value, unknown) <= max(own) + 1e-12


@given(st.sampled_from(SHIPPED), st.floats(0.02, 0.98))
def test_another_unit_says_the_same(measurement: Measurement, where: float) -> None:
    low, high = measurement.possible
    value = low + where * (high - low)
    for unit, conversion in measurement.units.items():
        read = read_quantity(measurement, f"{(value - conversion.offset) / conversion.factor!r} {unit}")
        for name, pair in pairs(measurement, read, ANYBODY).items():
            assert pair == pytest.approx(pairs(measurement, value, ANYBODY)[name], rel=1e-6)


def test_haemoglobin_is_read_by_sex() -> None:
    """125 g/L: usual in a woman, low in a man, in between where the sex is unknown."""
    low = shipped().knowledge.measurements["hemoglobin"].abnormalities["hemoglobin_low"]
    woman, man = (log_ratio(low, 125.0, sex, "40_59") for sex in ("female", "male"))
    assert woman < 0.0 < man
    assert mean_ratio(low, 125.0, [("female", "40_59", 0.5), ("male", "40_59", 0.5)]) == pytest.approx(
        (woman + man) / 2
    )


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
        "groups": {},
    }
    return CALCIUM.abnormalities["serum_calcium_low"].model_copy(update=changed)


@given(abnormalities(), st.floats(0.01, 1e4), st.floats(0.01, 1e4))
def test_the_likelihood_ratio_is_monotone_in_the_value_and_capped(
    abnormality: Abnormality, one: float, other: float
) -> None:
    low, high = (log_ratio(abnormality, value) for value in sorted((one, other)))
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
    assert math.exp(log_ratio(abnormality, value)) == pytest.approx(expected, rel=1e-6)


def test_a_value_speaks_for_one_abnormality_and_against_the_other() -> None:
    found = pairs(CALCIUM, 1.85)
    off, on = found["serum_calcium_low"]
    # Between 1.9 and 2.35 the value counts as 1.9: ratio 0.1/0.2 exp(0.5 (0.45/0.1)^2), capped at 1000.
    assert on == 1.0
    assert off == pytest.approx(1 / 1000)
    off, on = found["serum_calcium_high"]
    # It counts as 2.35 there, 0.1/0.2 exp(-0.5 (0.55/0.2)^2), and speaks 1000 to 1 for the opposite: capped at 1000.
    assert off == 1.0
    assert on == pytest.approx(1 / 1000)
    normal = pairs(CALCIUM, 2.35)
    assert normal["serum_calcium_low"][1] < 0.1
    assert normal["serum_calcium_high"][1] < 0.1


def test_the_opposite_fades_as_a_value_speaks_for_one_side() -> None:
    """At 2.2 mmol/L "low" has 0.1/0.2 exp(0.5 (1.5^2 - 1.5^2)) = 1/2 and leaves "high" alone; at 2.15 it begins to speak."""
    high = 0.5 * math.exp(-0.5 * 2.75**2)
    assert pairs(CALCIUM, 2.2)["serum_calcium_high"][1] == pytest.approx(high)
    low = 0.5 * math.exp(0.5 * (2.0**2 - 1.25**2))
    assert low > 1.0
    assert pairs(CALCIUM, 2.15)["serum_calcium_high"][1] == pytest.approx(high / low)


@given(st.sampled_from(SHIPPED), st.floats(0, 1), st.floats(0, 1))
def test_every_weight_is_monotone_in_the_value_and_capped(measurement: Measurement, one: float, other: float) -> None:
    low, high = measurement.possible
    below, above = (pairs(measurement, low + where * (high - low), ANYBODY) for where in sorted((one, other)))
    for name, abnormality in measurement.abnormalities.items():
        odds = [math.log(on / off) for off, on in (below[name], above[name])]
        assert odds == sorted(odds, reverse=abnormality.side == "low") or odds[0] == pytest.approx(odds[1], abs=1e-9)
        assert max(map(abs, odds)) <= math.log(abnormality.cap) + 1e-9


@given(st.sampled_from(SHIPPED), st.floats(0, 1))
def test_a_value_never_speaks_for_both_sides(measurement: Measurement, where: float) -> None:
    low, high = measurement.possible
    found = pairs(measurement, low + where * (high - low), ANYBODY)
    sides = {abnormality.side for name, abnormality in measurement.abnormalities.items() if found[name][0] < 1.0}
    assert len(sides) <= 1


def test_the_factor_is_an_exponent_of_the_ratio_and_the_cap_stays() -> None:
    """At 2.2 mmol/L the ratio of "low" is 1/2; at 1.85 it is beyond the cap of 1000, but for a factor that is small."""
    low = CALCIUM.abnormalities["serum_calcium_low"]
    factor = np.array([0.5, 1.0, 2.0])
    assert np.exp(log_likelihood_ratio(low, 2.2, factor=factor)) == pytest.approx([0.5**0.5, 0.5, 0.25])
    beyond = 0.5 * math.exp(0.5 * 4.5**2)
    assert np.exp(log_likelihood_ratio(low, 1.85, factor=factor)) == pytest.approx([beyond**0.5, 1000.0, 1000.0])


@given(st.sampled_from(SHIPPED), st.floats(0, 1), st.sampled_from([ANYBODY, ANYBODY[3:4]]), st.lists(st.floats(0.2, 3)))
def test_each_factor_weighs_as_it_would_alone(
    measurement: Measurement, where: float, people: People, factors: list[float]
) -> None:
    low, high = measurement.possible
    value = low + where * (high - low)
    together = likelihoods(measurement, value, people, np.array(factors))
    for draw, factor in enumerate(factors):
        alone = likelihoods(measurement, value, people, np.array([factor]))
        for name, weights in together.items():
            assert weights[:, draw].tolist() == pytest.approx(alone[name][:, 0].tolist(), rel=1e-12)
            assert weights[:, draw].max() == 1.0
            assert weights[:, draw].min() >= 1.0 / measurement.abnormalities[name].cap - 1e-12


def test_what_was_measured_hangs_on_how_far_off_results_are() -> None:
    found = {how.node: how for how in measured(CALCIUM, 2.2, ())}
    assert found.keys() == CALCIUM.abnormalities.keys()
    for node, how in found.items():
        assert how.pair == pairs(CALCIUM, 2.2)[node]
        assert how.under({"answers.self_report.sensitivity": np.array([0.2])})[:, 0].tolist() == list(how.pair)
        moved = how.under({"answers.results": np.array([1.0, 0.5])})
        assert moved[:, 0].tolist() == list(how.pair)
        assert moved[1, 1] > how.pair[1]
    assert next(measured(CALCIUM, 2.2, (), 0.5)).pair == pytest.approx((1.0, 0.5**0.5))
