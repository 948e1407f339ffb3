"""Every figure of the knowledge in one list, each with its place and definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crampnet.knowledge.estimate import Estimate, Grounds, Number, Shape
from crampnet.knowledge.knowledge import Knowledge
from crampnet.knowledge.records_findings import Measurement
from crampnet.knowledge.records_nodes import Accuracy, Condition, Exposure, Syndrome

ANSWER_KEYS = frozenset({"self_report", "ruled_out", "unmentioned", "unasked"})
"""Keys under which stand figures, beside those of answers.yaml, that act through how much an answer weighs."""


@dataclass(frozen=True)
class Row:
    """One figure, or one group of figures with common grounds.

    Args:
        file: file name.
        key: dotted path inside the file.
        grounds: the record.
        definition: its own, or one made from the kind of relation.
        said: the figures as text, where they are not one value with an interval.
    """

    file: str
    key: str
    grounds: Grounds
    definition: str
    said: str = ""

    @property
    def path(self) -> str:
        """The dotted path by which an overlay names the figure, unique over the knowledge."""
        place = self.file.removesuffix(".yaml").replace("/", ".")
        return self.key if self.key.startswith(f"{place}.") else f"{place}.{self.key}"

    @property
    def about_answers(self) -> bool:
        """Whether it says how far an answer or a result can be trusted, or how often an answer is left out."""
        return self.file == "answers.yaml" or not ANSWER_KEYS.isdisjoint(self.key.split("."))


def all_grounds(knowledge: Knowledge) -> Iterator[Row]:
    """Every figure, file by file in the order of the ids."""
    for condition in knowledge.conditions.values():
        yield from _condition(knowledge, condition)
    for exposure in knowledge.exposures.values():
        yield from _exposure(exposure)
    for syndrome in knowledge.syndromes.values():
        yield from _syndrome(knowledge, syndrome)
    yield from _findings(knowledge)
    yield from _measurements(knowledge)
    yield from _settings(knowledge)
    yield from _accuracy("answers.yaml", "self_report", knowledge.answers.self_report, "a person's answer")
    yield from _accuracy("answers.yaml", "ruled_out", knowledge.answers.ruled_out, "a diagnosis being ruled out")
    if knowledge.answers.results is not None:
        template = "factor of the logarithms of the likelihood ratios of results"
        yield _row("answers.yaml", "results", knowledge.answers.results, template)
    table = "; ".join(
        f"{action}: {', '.join(f'{truth} {cost:g}' for truth, cost in row.items())}"
        for action, row in knowledge.losses.table.items()
    )
    yield Row("losses.yaml", "table", knowledge.losses, "cost of each action under each truth", table)


def _row(file: str, key: str, number: Number, template: str) -> Row:
    return Row(file, key, number, number.definition or template)


def _condition(knowledge: Knowledge, condition: Condition) -> Iterator[Row]:
    file, name = f"conditions/{condition.id}.yaml", _named(condition.name.clinical)
    for place, rate in enumerate(condition.base_rate):
        yield _row(file, f"base_rate.{place}", rate, rate.definition)
    yield from _shape(file, "shape", condition.shape, name)
    template = f"a troublesome hand complaint within 28 days because of {name}, among people with it"
    yield _row(file, "troubles_hand", condition.troubles_hand, template)
    template = f"has gone to a clinician because of the hand, among people whom {name} troubles there, before they know"
    yield _row(file, "seeks_care", condition.seeks_care, template)
    for link in condition.raised_by:
        cause = _named(knowledge.name(link.cause).clinical) if link.cause in knowledge.kinds else link.cause
        template = f"{link.measure.replace('_', ' ')}: {name} with {cause}"
        yield _row(file, f"raised_by.{link.cause}", link, template)
        yield from _shape(file, f"raised_by.{link.cause}.shape", link.shape, f"{name} with {cause}")
    for child, estimate in condition.reason_shows.items():
        template = f"{_clinical(knowledge, child)}, when {name} is acting in the hand"
        yield _row(file, f"reason_shows.{child}", estimate, template)
    for child, estimate in condition.presence_shows.items():
        template = f"{_clinical(knowledge, child)}, among people with {name}"
        yield _row(file, f"presence_shows.{child}", estimate, template)
    if condition.ruled_out is not None:
        yield from _accuracy(file, "ruled_out", condition.ruled_out, f"ruling out {name}")
    if condition.unmentioned is not None:
        template = f"{name} not among the diagnoses named by a person who has it"
        yield _row(file, "unmentioned", condition.unmentioned, template)
    if condition.unlisted is not None:
        yield _row(
            file, "unlisted", condition.unlisted, "a disease without a record, among people with trouble of the hand"
        )


def _exposure(exposure: Exposure) -> Iterator[Row]:
    file, name = f"exposures/{exposure.id}.yaml", _named(exposure.name.clinical)
    yield _row(file, "frequency", exposure.frequency, f"{name} at any time within 28 days")
    yield from _shape(file, "shape", exposure.shape, name)
    if exposure.unmentioned is not None:
        silent = "not among the medicines named by" if exposure.kind == "medicine" else "not mentioned by"
        yield _row(file, "unmentioned", exposure.unmentioned, f"{name} {silent} a person who has it")
    if exposure.unasked is not None:
        yield _row(file, "unasked", exposure.unasked, f"{name} not mentioned by a person who has it and is not asked")


def _syndrome(knowledge: Knowledge, syndrome: Syndrome) -> Iterator[Row]:
    file, name = f"syndromes/{syndrome.id}.yaml", _named(syndrome.name.clinical)
    yield _row(file, "background", syndrome.background, f"{name} within 28 days, without any modelled cause")
    yield from _shape(file, "shape", syndrome.shape, f"background of {name}")
    yield from _raised(knowledge, file, "raised_by", syndrome.raised_by, name)
    for child, estimate in syndrome.shows.items():
        yield _row(file, f"shows.{child}", estimate, f"{_clinical(knowledge, child)}, among people with {name}")


def _raised(knowledge: Knowledge, file: str, key: str, raised_by: Mapping[str, Estimate], name: str) -> Iterator[Row]:
    for cause, estimate in raised_by.items():
        yield _row(file, f"{key}.{cause}", estimate, f"{name}, among people with {_clinical(knowledge, cause)}")


def _findings(knowledge: Knowledge) -> Iterator[Row]:
    for id_, finding in knowledge.findings.items():
        file, name = f"findings/{id_}.yaml", _named(finding.name.clinical)
        if finding.background is not None:
            template = f"{name} within 28 days, without any modelled cause"
            yield _row(file, "background", finding.background, template)
            yield from _shape(file, "shape", finding.shape, f"background of {name}")
        yield from _raised(knowledge, file, "raised_by", finding.raised_by, name)
        if finding.default is not None:
            yield _row(file, "default", finding.default, f"{name}, when a cause that does not list it is acting")
        if finding.self_report is not None:
            yield from _accuracy(file, "self_report", finding.self_report, f"a person's own answer about {name}")


def _measurements(knowledge: Knowledge) -> Iterator[Row]:
    for id_, test in knowledge.measurements.items():
        file = f"findings/{id_}.yaml"
        limits = "; ".join(
            f"{_who(who)} {low:g} to {high:g} {test.unit}" for who, (low, high) in test.reference.items()
        )
        yield Row(file, "reference_source", test.reference_source, "reference range", limits)
        for name, found in test.abnormalities.items():
            key = f"abnormalities.{name}"
            label = _named(found.name.clinical)
            yield _row(file, f"{key}.background", found.background, f"{label}, without any modelled cause")
            yield from _shape(file, f"{key}.shape", found.shape, f"background of {label}")
            yield from _raised(knowledge, file, f"{key}.raised_by", found.raised_by, label)
            said = "; ".join(
                f"{_who(who) + ', ' if who else ''}without: {usual.mean:g} ± {usual.sd:g}; "
                f"with: {far.mean:g} ± {far.sd:g}"
                for who, (usual, far) in found.all_densities().items()
            )
            logs = " (natural logarithm)" if found.scale == "log" else ""
            yield Row(file, key, found, f"mean and standard deviation in {test.unit}{logs}", said)
        yield from _readings(knowledge, file, test)


def _readings(knowledge: Knowledge, file: str, test: Measurement) -> Iterator[Row]:
    """How a test is read with the help of another."""
    if (by := test.corrected_by) is not None:
        said = f"+ {by.factor:g} for each unit of {_clinical(knowledge, by.test)} below {by.reference:g}"
        yield Row(file, "corrected_by", by, by.label, said)
    if (of := test.derived_from) is not None:
        bends = "; ".join(
            f"{sex}: bend {knee.knee:g}, below it {knee.below:g}, factor {knee.factor:g}"
            for sex, knee in (("female", of.female), ("male", of.male))
        )
        said = f"scale {of.scale:g}, a year {of.yearly:g}, above the bend {of.above:g}; {bends}"
        yield Row(file, "derived_from", of, of.label, said)


def _settings(knowledge: Knowledge) -> Iterator[Row]:
    for id_, setting in knowledge.settings.items():
        ages = ", ".join(f"{band.replace('_', '-')}: {share:g}" for band, share in setting.age.items())
        said = f"female {setting.female:g}; ages {ages}"
        yield Row("settings.yaml", f"settings.{id_}", setting, "who comes to this setting", said)
        for name, rate in setting.base_rates.items():
            yield _row("settings.yaml", f"settings.{id_}.base_rates.{name}", rate, rate.definition)
        for name, frequency in setting.exposures.items():
            template = f"{_clinical(knowledge, name)} within 28 days, in this setting"
            yield _row("settings.yaml", f"settings.{id_}.exposures.{name}", frequency, template)


def _accuracy(file: str, key: str, accuracy: Accuracy, what: str) -> Iterator[Row]:
    yield _row(file, f"{key}.sensitivity", accuracy.sensitivity, f"sensitivity of {what}")
    yield _row(file, f"{key}.specificity", accuracy.specificity, f"specificity of {what}")


def _shape(file: str, key: str, shape: Shape | None, what: str) -> Iterator[Row]:
    if shape is not None:
        parts = {who.replace("_", "-"): factor for who, factor in (*shape.age.items(), *shape.sex.items())}
        parts |= {_who(who).replace(",", ""): factor for who, factor in shape.sex_at_age.items()}
        said = ", ".join(f"{who}: {factor:g}" for who, factor in parts.items())
        yield Row(file, key, shape, f"{what} by age and sex, as multiples", said)


def _who(key: str) -> str:
    """A group of people in words: "female, 12-17"."""
    sex, *band = key.split("_")
    return ", ".join((sex, *(["-".join(band)] if band else [])))


def _clinical(knowledge: Knowledge, id_: str) -> str:
    return _named(knowledge.name(id_).clinical) if id_ in knowledge.kinds else id_


def _named(name: str) -> str:
    """A name inside a sentence: first letter small, unless it is an abbreviation or a name."""
    return name[0].lower() + name[1:] if len(name) > 1 and name[1].islower() else name
