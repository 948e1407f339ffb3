"""From the files to the network: published figures come back out of it, and settings replace rates and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from crampnet.errors import KnowledgeError, UnknownName
from crampnet.knowledge import Knowledge, load_knowledge
from crampnet.knowledge.estimate import Shape
from crampnet.network import COMPLAINT, Network, build_network, reason_id
from crampnet.network.network import Stratum
from tests.support.models import TINY, shaped, tiny
from tests.support.oracle import enumerate_joint

PRESENT, ABSENT = (0.0, 1.0), (1.0, 0.0)


@pytest.fixture(scope="module")
def network() -> Network:
    return tiny().network()


def upstream(network: Network) -> Network:
    """Exposures and conditions alone, few enough for the oracle."""
    nodes = tuple(n for n in network.nodes if n.kind in ("exposure", "condition"))
    return Network(network.setting, nodes, network.strata, network.strata_weights, network.base_rates)


def given(network: Network, condition: str, exposure: str, state: tuple[float, float], strata: np.ndarray) -> float:
    small = upstream(network)
    return enumerate_joint(small, {small.index[exposure]: state}, strata).present[condition]


def test_nodes_come_in_the_order_of_arrows(network: Network) -> None:
    for position, node in enumerate(network.nodes):
        assert all(parent < position for parent in node.parents)
        assert node.leak.shape == (len(network.strata),)
        assert node.links.shape == (len(node.parents), len(network.strata))
        for table in (node.leak, node.links):
            assert ((table >= 0.0) & (table <= 1.0)).all()


def test_the_strata_are_those_of_the_setting(network: Network) -> None:
    assert len(set(network.strata)) == len(network.strata) == 20
    assert network.strata_weights.sum() == pytest.approx(1.0)
    share = dict(zip(network.strata, network.strata_weights, strict=True))
    assert share[Stratum("40_59", "female")] == pytest.approx(0.32 * 0.51)
    assert share[Stratum("40_59", "female", sought_care=True)] == 0.0


@pytest.mark.parametrize(
    ("condition", "rate"),
    [
        ("hypocalcemia", 0.004),
        ("carpal_tunnel_syndrome", 0.03 + 1 - np.exp(-0.003 * 28 / 365.25)),
        ("idiopathic_cramp", 0.2 * (28 + 60) / 365.25 + 0.01),
        ("not_modelled", 0.01),
        ("dialysis_cramp", 0.001 * 0.4),
    ],
)
def test_averaged_over_causes_age_and_sex_the_base_rate_comes_back(
    network: Network, condition: str, rate: float
) -> None:
    small = upstream(network)
    truth = enumerate_joint(small, {}, network.strata_weights)
    assert truth.present[condition] == pytest.approx(rate, rel=1e-9)
    assert network.base_rate(condition, network.strata_weights) == pytest.approx(rate, rel=1e-9)


def test_in_every_stratum_noisy_or_returns_the_marginal(network: Network) -> None:
    small = upstream(network)
    for stratum in range(len(network.strata)):
        truth = enumerate_joint(small, {}, np.eye(len(network.strata))[stratum])
        for condition in small.conditions:
            assert truth.present[condition] == pytest.approx(network.base_rates[condition][stratum], rel=1e-9)


def test_age_and_sex_shape_the_rate(network: Network) -> None:
    rates = network.base_rates["carpal_tunnel_syndrome"]
    rate: dict[tuple[str, str], float] = {(s.age_band, s.sex): r for s, r in zip(network.strata, rates, strict=True)}

    def odds(band: str, sex: str) -> float:
        return float(rate[band, sex] / (1 - rate[band, sex]))

    assert odds("40_59", "female") / odds("12_17", "female") == pytest.approx(1.5 / 0.05)
    assert odds("40_59", "female") / odds("40_59", "male") == pytest.approx(1.4 / 0.6)
    assert len(set(network.base_rates["hypocalcemia"])) == 1


def test_a_stated_relative_risk_comes_back(network: Network) -> None:
    for stratum in np.eye(len(network.strata)):
        exposed, unexposed = (
            given(network, "carpal_tunnel_syndrome", "repetitive_hand_use", state, stratum)
            for state in (PRESENT, ABSENT)
        )
        assert exposed / unexposed == pytest.approx(1.8, rel=1e-6)


def test_a_condition_that_only_comes_with_its_cause_has_no_leak(network: Network) -> None:
    node = network.nodes[network.index["dialysis_cramp"]]
    assert not node.leak.any()
    assert given(network, "dialysis_cramp", "dialysis", ABSENT, network.strata_weights) == 0.0
    assert given(network, "dialysis_cramp", "dialysis", PRESENT, network.strata_weights) == pytest.approx(0.4)


def with_told_link() -> Knowledge:
    """The tiny knowledge in which a water tablet brings low calcium only where it is told."""
    record = tiny().knowledge.conditions["hypocalcemia"]
    links = tuple(link.model_copy(update={"only_told": link.cause == "loop_diuretic"}) for link in record.raised_by)
    changed = record.model_copy(update={"raised_by": links})
    return replace(tiny().knowledge, conditions={**tiny().knowledge.conditions, record.id: changed})


@pytest.mark.parametrize("setting", ["general_population", "dialysis_unit"])
def test_a_cause_that_acts_only_where_it_is_told(network: Network, setting: str) -> None:
    """Told it raises the condition as an ordinary link does; untold it does nothing, and the base rate is everybody's."""
    usual = network if setting == network.setting else tiny().network(setting)
    untold = build_network(with_told_link(), setting)
    cause = untold.index["loop_diuretic"]
    assert [node.id for node in untold.nodes] == [node.id for node in usual.nodes]
    assert untold.told({}) is untold.told({cause: ABSENT}) is untold.told({cause: (0.2, 1.0)}) is untold
    told = untold.told({cause: PRESENT})
    assert told is untold.told({cause: PRESENT, 0: ABSENT})
    assert told.told({cause: PRESENT}) is told
    for stratum in np.eye(len(usual.strata)):
        for state, some in ((PRESENT, untold), (ABSENT, untold)):
            rate = given(some, "hypocalcemia", "loop_diuretic", state, stratum)
            assert rate == pytest.approx(untold.base_rate("hypocalcemia", stratum), rel=1e-9)
        raised = given(told, "hypocalcemia", "loop_diuretic", PRESENT, stratum)
        if setting == "general_population":
            assert raised == pytest.approx(given(usual, "hypocalcemia", "loop_diuretic", PRESENT, stratum), rel=1e-9)
        assert raised > untold.base_rate("hypocalcemia", stratum)


def test_told_links_stay_with_the_strata_of_those_who_sought_care() -> None:
    untold = build_network(with_told_link())
    cause = untold.index["loop_diuretic"]
    for sought in (False, True):
        some = untold.among(sought)
        told = some.told({cause: PRESENT}).compact()
        places = untold.who(range(len(untold.strata)), sought_care=sought)
        whole = untold.told({cause: PRESENT}).nodes[untold.index["hypocalcemia"]]
        assert told.nodes[told.index["hypocalcemia"]].links == pytest.approx(whole.links[:, places])


def test_a_cause_that_brings_more_at_some_ages() -> None:
    """Among all people with the cause the share is as stated; the shape multiplies its odds from one age to another."""
    cramp, dialysis = tiny().knowledge.conditions["dialysis_cramp"], tiny().knowledge.exposures["dialysis"]
    by_age = Shape(age={"12_17": 0.1, "75_120": 3.0}, basis="judgement", reason="Made up for the tests.")
    older = Shape(age={"12_17": 0.2, "75_120": 6.0}, basis="judgement", reason="Made up for the tests.")
    link = cramp.raised_by[0].model_copy(update={"shape": by_age})
    knowledge = replace(
        tiny().knowledge,
        conditions={
            **tiny().knowledge.conditions,
            cramp.id: cramp.model_copy(update={"raised_by": (link, *cramp.raised_by[1:])}),
        },
        exposures={**tiny().knowledge.exposures, dialysis.id: dialysis.model_copy(update={"shape": older})},
    )
    shaped = build_network(knowledge)
    assert given(shaped, cramp.id, dialysis.id, PRESENT, shaped.strata_weights) == pytest.approx(0.4)
    shares = {
        stratum.age_band: given(shaped, cramp.id, dialysis.id, PRESENT, np.eye(len(shaped.strata))[place])
        for place, stratum in enumerate(shaped.strata)
    }
    odds = {band: share / (1.0 - share) for band, share in shares.items()}
    assert odds["12_17"] / odds["40_59"] == pytest.approx(0.1)
    assert odds["75_120"] / odds["18_39"] == pytest.approx(3.0)


def test_a_cause_that_is_spread_over_tells_what_is_wrong_with_it_once() -> None:
    cramp, dialysis = tiny().knowledge.conditions["dialysis_cramp"], tiny().knowledge.exposures["dialysis"]
    by_age = Shape(age={"12_17": 0.1}, basis="judgement", reason="Made up for the tests.")
    old = Shape(
        age={"12_17": 0.0, "18_39": 0.0, "40_59": 0.0, "60_74": 0.0}, basis="judgement", reason="Made up for the tests."
    )
    link = cramp.raised_by[0].model_copy(update={"shape": by_age})
    frequency = dialysis.frequency.model_copy(update={"value": 0.9})
    changed = dialysis.model_copy(update={"shape": old, "frequency": frequency})
    conditions = {**tiny().knowledge.conditions, cramp.id: cramp.model_copy(update={"raised_by": (link,)})}
    exposures = {**tiny().knowledge.exposures, dialysis.id: changed}
    with pytest.raises(KnowledgeError, match="its shape leaves") as error:
        build_network(replace(tiny().knowledge, conditions=conditions, exposures=exposures))
    assert [issue.file for issue in error.value.issues].count("exposures/dialysis.yaml") == 1


def test_a_reason_hangs_on_its_condition_alone(network: Network) -> None:
    for condition in network.conditions:
        node = network.nodes[network.index[reason_id(condition)]]
        assert node.kind == "reason"
        assert [network.nodes[p].id for p in node.parents] == [condition]
        assert not node.leak.any()
        record = tiny().knowledge.conditions[condition]
        weight, seeks = record.troubles_hand.value, record.seeks_care.value
        sought = [stratum.sought_care for stratum in network.strata]
        np.testing.assert_allclose(node.links[0], np.where(sought, weight * seeks, weight), rtol=1e-12)


def test_who_sought_care_changes_nothing_but_the_reasons(network: Network) -> None:
    half = len(network.strata) // 2
    for node in network.nodes:
        if node.kind != "reason":
            np.testing.assert_allclose(node.leak[half:], node.leak[:half], rtol=1e-12)
            np.testing.assert_allclose(node.links[:, half:], node.links[:, :half], rtol=1e-12)


def test_the_strata_of_those_who_sought_care_alone(network: Network) -> None:
    found = network.among(sought_care=True)
    assert all(stratum.sought_care for stratum in found.strata)
    np.testing.assert_allclose(found.strata_weights, network.among(sought_care=False).strata_weights)
    assert found.strata_weights.sum() == pytest.approx(1.0)
    for node, whole in zip(found.nodes, network.nodes, strict=True):
        np.testing.assert_array_equal(node.links, whole.links[:, len(found.strata) :])


def test_the_complaint_is_an_or_over_the_reasons(network: Network) -> None:
    node = network.nodes[network.index[COMPLAINT]]
    assert {network.nodes[p].id for p in node.parents} == {reason_id(c) for c in network.conditions}
    assert (node.links == 1.0).all()
    assert not node.leak.any()


def test_kinds_and_patterns_hang_on_reasons_alone(network: Network) -> None:
    knowledge = tiny().knowledge
    for finding, record in knowledge.findings.items():
        node = network.nodes[network.index[finding]]
        parents = {network.nodes[p].kind for p in node.parents}
        if record.kind in ("complaint", "pattern"):
            assert parents == {"reason"}
            assert not node.leak.any()
        else:
            assert record.background is not None
            assert (node.leak == record.background.value).all()


def test_a_reason_that_does_not_list_a_pattern_shows_it_at_the_default(tmp_path: Path) -> None:
    priors = Path(shutil.copytree(TINY, tmp_path / "priors"))
    file = priors / "conditions" / "dialysis_cramp.yaml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "both_hands" not in line), encoding="utf-8")
    knowledge = load_knowledge(priors)
    default = knowledge.findings["both_hands"].default
    assert default is not None
    network = build_network(knowledge)
    node = network.nodes[network.index["both_hands"]]
    place = [network.nodes[p].id for p in node.parents].index(reason_id("dialysis_cramp"))
    assert node.links[place] == pytest.approx(default.value)


def test_the_stated_frequency_holds_with_that_parent_and_nothing_else(network: Network) -> None:
    """P(child | condition present and acting, nothing else) is what the file says under reason_shows."""
    node = network.nodes[network.index["tetany"]]
    link = {network.nodes[p].id: node.links[i, 0] for i, p in enumerate(node.parents)}
    present, acting = link["hypocalcemia"], link[reason_id("hypocalcemia")]
    assert 1 - (1 - node.leak[0]) * (1 - present) == pytest.approx(0.15)
    assert 1 - (1 - node.leak[0]) * (1 - present) * (1 - acting) == pytest.approx(0.9)


@pytest.mark.parametrize("setting", ["general_population", "dialysis_unit"])
def test_the_stated_frequency_of_a_syndrome_holds_with_an_exposure_and_nothing_else(setting: str) -> None:
    """P(syndrome | exposure, nothing else) is what the syndrome says under raised_by, in every setting."""
    network = tiny().network(setting)
    node = network.nodes[network.index["tetany"]]
    link = node.links[node.parents.index(network.index["loop_diuretic"])]
    np.testing.assert_allclose(1 - (1 - node.leak) * (1 - link), 0.003, rtol=1e-12)


@pytest.mark.parametrize("setting", ["general_population", "dialysis_unit"])
def test_a_background_goes_by_age_and_sex_and_its_mean_over_people_stays(setting: str) -> None:
    flat, network, people = tiny().network(setting), shaped().network(setting), tiny().network().strata_weights
    for node, by_age, by_sex in (
        ("hand_tingling", 60.0, 1.0),
        ("serum_calcium_low", 60.0, 1.0),
        ("median_nerve_dysfunction", 4.0, 3.0),
    ):
        leak = network.nodes[network.index[node]].leak
        assert leak @ people == pytest.approx(flat.nodes[flat.index[node]].leak[0])
        odds = {(s.age_band, s.sex): b / (1.0 - b) for s, b in zip(network.strata, leak, strict=True)}
        assert odds["75_120", "male"] / odds["40_59", "male"] == pytest.approx(by_age)
        assert odds["40_59", "female"] / odds["40_59", "male"] == pytest.approx(by_sex)


def test_a_shape_may_name_a_sex_at_an_age_where_the_two_do_not_simply_multiply() -> None:
    shape = Shape(
        age={"75_120": 4.0}, sex={"male": 0.5}, sex_at_age={"male_75_120": 9.0}, basis="judgement", reason="Made up."
    )
    finding = tiny().knowledge.findings["phalen_sign"].model_copy(update={"shape": shape})
    network = build_network(replace(tiny().knowledge, findings={**tiny().knowledge.findings, finding.id: finding}))
    leak = network.nodes[network.index["phalen_sign"]].leak
    odds = {(s.age_band, s.sex): b / (1.0 - b) for s, b in zip(network.strata, leak, strict=True)}
    assert odds["75_120", "female"] / odds["40_59", "female"] == pytest.approx(4.0)
    assert odds["40_59", "male"] / odds["40_59", "female"] == pytest.approx(0.5)
    assert odds["75_120", "male"] / odds["40_59", "female"] == pytest.approx(9.0)
    assert leak @ network.strata_weights == pytest.approx(0.15)


def test_a_stated_frequency_holds_on_average_over_the_people_who_have_the_parent() -> None:
    """The link is one for everybody; those of a shaped condition are weighed by its shape, others as everybody."""
    bent = Shape(age={"75_120": 9.0}, sex={"female": 2.0}, basis="judgement", reason="Made up for the tests.")
    condition = shaped().knowledge.conditions["not_modelled"].model_copy(update={"shape": bent})
    knowledge = replace(shaped().knowledge, conditions={**shaped().knowledge.conditions, condition.id: condition})
    network = build_network(knowledge)
    node = network.nodes[network.index["hand_tingling"]]
    people = network.strata_weights
    by_shape = people * np.array(
        [(9.0 if s.age_band == "75_120" else 1.0) * (2.0 if s.sex == "female" else 1.0) for s in network.strata]
    )
    for parent, stated, weights in (
        ("median_nerve_dysfunction", 0.85, people),
        ("tetany", 0.8, people),
        ("not_modelled", 0.25, by_shape),
    ):
        link = node.links[node.parents.index(network.index[parent])]
        assert len(set(link)) == 1
        with_it = 1.0 - (1.0 - node.leak) * (1.0 - link)
        assert with_it @ weights / weights.sum() == pytest.approx(stated, rel=1e-12)


def test_an_effect_is_weighed_by_the_people_who_have_its_causes() -> None:
    old = Shape(age={"75_120": 9.0}, basis="judgement", reason="Made up for the tests.")
    dialysis = tiny().knowledge.exposures["dialysis"].model_copy(update={"shape": old})
    cramp = tiny().knowledge.conditions["dialysis_cramp"]
    tingling = cramp.reason_shows["kind_cramp"].model_copy(update={"value": 0.5, "interval": (0.4, 0.6)})
    changed = cramp.model_copy(update={"presence_shows": {"hand_tingling": tingling}})
    knowledge = replace(
        shaped().knowledge,
        exposures={**tiny().knowledge.exposures, dialysis.id: dialysis},
        conditions={**tiny().knowledge.conditions, cramp.id: changed},
    )
    network = build_network(knowledge)
    node = network.nodes[network.index["hand_tingling"]]
    with_it = 1.0 - (1.0 - node.leak) * (1.0 - node.links[node.parents.index(network.index[cramp.id])])
    weights = network.strata_weights * np.array([9.0 if s.age_band == "75_120" else 1.0 for s in network.strata])
    assert with_it @ weights / weights.sum() == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("setting", ["general_population", "dialysis_unit"])
def test_an_exposure_brings_a_finding_where_it_is_told_and_only_there(setting: str) -> None:
    network, people = shaped().network(setting), shaped().network().strata_weights
    tablet = network.index["loop_diuretic"]
    told, denied = network.told({tablet: PRESENT}), network.told({tablet: ABSENT})
    for finding in ("perioral_tingling", "serum_calcium_low"):
        node = told.nodes[told.index[finding]]
        there = 1.0 - (1.0 - node.leak) * (1.0 - node.links[node.parents.index(tablet)])
        assert there @ people == pytest.approx(0.2, rel=1e-12)
        for other in (network, denied):
            assert tablet not in other.nodes[other.index[finding]].parents


def test_a_background_above_what_a_cause_gives_is_a_data_error() -> None:
    """Among the people who have the cause, which may be older than most."""
    bent = Shape(age={"75_120": 30.0}, basis="judgement", reason="Made up for the tests.")
    condition = shaped().knowledge.conditions["not_modelled"].model_copy(update={"shape": bent})
    knowledge = replace(shaped().knowledge, conditions={**shaped().knowledge.conditions, condition.id: condition})
    with pytest.raises(KnowledgeError, match=r"P\(hand_tingling \| not_modelled\) = 0.25 is below") as error:
        build_network(knowledge)
    assert [(issue.file, issue.key) for issue in error.value.issues] == [("not_modelled", "hand_tingling")]


def test_a_background_that_its_shape_leaves_too_few_people_for_is_a_data_error() -> None:
    bands = ("12_17", "18_39", "40_59", "60_74")
    shape = Shape(age=dict.fromkeys(bands, 0.0), basis="judgement", reason="Made up for the tests.")
    finding = tiny().knowledge.findings["phalen_sign"].model_copy(update={"shape": shape})
    with pytest.raises(KnowledgeError, match="its shape leaves") as error:
        build_network(replace(tiny().knowledge, findings={**tiny().knowledge.findings, finding.id: finding}))
    assert [(issue.file, issue.key) for issue in error.value.issues] == [("findings/phalen_sign.yaml", "shape")]


def test_a_setting_replaces_rates_and_frequencies_and_keeps_the_links() -> None:
    general, unit = tiny().network(), tiny().network("dialysis_unit")
    assert unit.base_rate("hypocalcemia", unit.strata_weights) == pytest.approx(0.1)
    assert unit.base_rate("dialysis", unit.strata_weights) == pytest.approx(0.99)
    assert unit.base_rate("dialysis_cramp", unit.strata_weights) == pytest.approx(0.99 * 0.4)
    for here, there in zip(general.nodes, unit.nodes, strict=True):
        assert (here.id, here.kind, here.parents) == (there.id, there.kind, there.parents)
        np.testing.assert_array_equal(here.links, there.links)
        if here.id not in ("hypocalcemia", "dialysis"):
            np.testing.assert_array_equal(here.leak, there.leak)


def test_an_unknown_setting_offers_the_known_one() -> None:
    with pytest.raises(UnknownName) as error:
        tiny().network("dialysis")
    assert error.value.nearest == ("dialysis_unit",)


def test_causes_that_together_exceed_the_base_rate_are_a_data_error(tmp_path: Path) -> None:
    """Each alone brings 0.003 of the 0.004, so only the network can see it."""
    priors = Path(shutil.copytree(TINY, tmp_path / "priors"))
    file = priors / "conditions" / "hypocalcemia.yaml"
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("prevalence_given, value: 0.03, interval: [0.015, 0.048]", "link, value: 0.3, interval: [0.2, 0.4]"),
        ("odds_ratio, value: 1.6, interval: [1.12, 2.4]", "link, value: 0.1, interval: [0.05, 0.15]"),
    ):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="negative leak") as error:
        build_network(load_knowledge(priors))
    assert {(issue.file, issue.key) for issue in error.value.issues} == {("conditions/hypocalcemia.yaml", "raised_by")}
