"""Forward check: how often something occurs by the model, against published frequencies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from crampnet.api import Model
from crampnet.errors import BadCase, did_you_mean
from crampnet.inference.engine import Change, evidence_under
from crampnet.inference.evidence import Evidence
from crampnet.knowledge.nearest import nearest_names
from crampnet.knowledge.people import SEXES
from crampnet.knowledge.records_general import BANDS
from crampnet.network.network import Network
from crampnet.validation.cases import address
from crampnet.yaml_io import read_yaml

FILE = "frequencies.yaml"
SOURCE_KEYS = ("citation", "url", "read", "checked_on")
TEXTS = ("name", "definition", "population", "source", "differs")
ABSENT, PRESENT = (1.0, 0.0), (0.0, 1.0)
FACTORS = (1.25, 1.5, 2.0)
"""By what factor model and published figure may be apart to be counted as within."""
GROUPS = {"everybody": False, "given": True}
"""Figures among everybody, and among people who have something (whether anything is given)."""
AUTHORS = re.compile(r"\b[A-Z]{1,3}\b(?=,|$)")
"""Initials as they end an author's name in a citation; a title has none or one."""
TITLE = 25
"""Fewest letters and digits of a title that is told from others by itself."""


@dataclass(frozen=True)
class Frequency:
    """A published frequency and what answers to it in the model.

    value, interval: as printed, interval None where none is; definition, population: what was counted, among whom;
    source: key of its source; any_of: nodes of which at least one is present; ages, sex: strata nearest to the
    population, sex None for both; given, given_absent: conditions or findings known to be there or not; differs: where
    the two are not the same thing.
    """

    id: str
    name: str
    value: float
    interval: tuple[float, float] | None
    definition: str
    population: str
    source: str
    any_of: tuple[str, ...]
    ages: tuple[str, ...]
    sex: str | None
    given: tuple[str, ...]
    given_absent: tuple[str, ...]
    differs: str


def forward_check(model: Model, file: Path) -> list[dict[str, Any]]:
    """Every published frequency with the model's own and their ratio (model / published), as plain data.

    also_input: whether the knowledge cites the same page or paper, so that the two are not independent.
    Raises as `load_frequencies`, and BadCase for a name that the network does not have.
    """
    frequencies, sources = load_frequencies(file)
    network = model.network()
    pages = {address(source.url) for source in model.knowledge.sources.values() if source.url}
    papers = [address(source.citation) for source in model.knowledge.sources.values()]
    rows = []
    for one in frequencies:
        own = marginal(network, one)
        source = sources[one.source]
        paper = title(source["citation"])
        input_too = address(source["url"]) in pages or (len(paper) >= TITLE and any(paper in cited for cited in papers))
        rows.append({**asdict(one), **source, "model": own, "ratio": own / one.value, "also_input": input_too})
    return rows


def title(citation: str) -> str:
    """The title in a citation, small letters and digits only: its longest sentence that is no list of authors."""
    parts = [part for part in re.split(r"[.?!]\s+", citation) if len(AUTHORS.findall(part)) < 2]
    return max(map(address, parts), key=len, default="")


def independent(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of `forward_check` from papers that the knowledge does not cite."""
    return [row for row in rows if not row["also_input"]]


def of_group(rows: Sequence[Mapping[str, Any]], group: str) -> list[Mapping[str, Any]]:
    """The rows of `forward_check` of one of GROUPS."""
    return [row for row in rows if bool(row["given"]) == GROUPS[group]]


def agreement(rows: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """How many rows there are, and how many have a ratio within each of FACTORS, either way."""
    apart = [max(row["ratio"], 1.0 / row["ratio"]) if row["ratio"] > 0.0 else np.inf for row in rows]
    return len(rows), *(sum(one <= factor for one in apart) for factor in FACTORS)


def load_frequencies(file: Path) -> tuple[tuple[Frequency, ...], dict[str, dict[str, str]]]:
    """The frequencies in the order of the file, and their sources by key.

    Raises BadYaml or BadCase naming place and remedy: a key too many or too few, a source that is not there, a value
    that is no share.
    """
    data = _table(file.name, read_yaml(file), ("sources", "frequencies"))
    for key, source in data["sources"].items():
        _table(f"{file.name}: sources.{key}", source, SOURCE_KEYS)
    found = tuple(_frequency(file, id_, entry) for id_, entry in data["frequencies"].items())
    for one in found:
        if one.source not in data["sources"]:
            near = did_you_mean(nearest_names(one.source, data["sources"]))
            raise BadCase(f"{file.name}: {one.id}.source", f'there is no source "{one.source}".', near)
    return found, data["sources"]


def marginal(network: Network, one: Frequency) -> float:
    """P(at least one of the nodes present | strata, what is given), exactly: 1 - P(none present | ...).

    Nothing else is known about the people, not even that a hand gives trouble.
    Raises BadCase for a name that the network does not have, and where what is given cannot be.
    """
    strata = [
        place
        for place, s in enumerate(network.strata)
        if s.age_band in one.ages and one.sex in (None, s.sex) and not s.sought_care
    ]
    if not strata:
        raise _nobody(one)
    weights = network.strata_weights[strata]
    evidence = Evidence(weights={}, labels={}, strata=np.array(strata, dtype=np.intp), strata_weights=weights)
    present, absent, any_of = (_places(network, one, key) for key in ("given", "given_absent", "any_of"))
    given: Change = {**dict.fromkeys(present, PRESENT), **dict.fromkeys(absent, ABSENT)}
    none: Change = {**given, **dict.fromkeys(any_of, ABSENT)}
    rest, whole = evidence_under(network.told(given), evidence, [none, given]) @ weights
    if not whole > 0.0:
        raise _nobody(one)
    return float(1.0 - rest / whole)


def _nobody(one: Frequency) -> BadCase:
    return BadCase(f"{FILE}: {one.id}", "nobody of these ages and this sex has what is given.", "Check all three.")


def _places(network: Network, one: Frequency, key: str) -> list[int]:
    names: Sequence[str] = getattr(one, key)
    for name in names:
        if name not in network.index:
            near = did_you_mean(nearest_names(name, list(network.index)))
            raise BadCase(f"{FILE}: {one.id}.{key}", f'the model has no "{name}".', near)
    return [network.index[name] for name in names]


def _frequency(file: Path, id_: str, entry: Any) -> Frequency:
    place = f"{file.name}: {id_}"
    keys = tuple(field.name for field in fields(Frequency) if field.name != "id")
    data = _table(place, entry, keys)
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    value = plain["value"]
    low, high = plain["interval"] or (value, value)
    if not (isinstance(value, float) and 0.0 < low <= value <= high < 1.0):
        raise BadCase(f"{place}.value", "it is no share inside its interval.", "Write 0.046, not 4.6.")
    for key in TEXTS:
        if not isinstance(plain[key], str) or not plain[key].strip():
            raise BadCase(f"{place}.{key}", "it is no text.", "Say it in words.")
    _known(f"{place}.ages", plain["ages"], BANDS)
    _known(f"{place}.sex", (plain["sex"] or "female",), SEXES)
    return Frequency(id=id_, **plain)


def _known(place: str, given: Sequence[str], allowed: Sequence[str]) -> None:
    for name in given:
        if name not in allowed:
            raise BadCase(place, f'"{name}" is not known here.', f"Write {' or '.join(allowed)}.")


def _table(place: str, data: Any, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(data, dict) or set(data) != set(keys):
        raise BadCase(place, "its keys are not those of the format.", f"Give exactly {', '.join(keys)}.")
    return data
