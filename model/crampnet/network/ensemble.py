"""Many networks at once: the same structure under drawn or changed figures, one lane for each draw and stratum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crampnet.errors import BadValue, UnknownName
from crampnet.knowledge import Knowledge
from crampnet.knowledge.nearest import nearest_names
from crampnet.network.builder import Builder, Values, compile_setting
from crampnet.network.network import Array, Lanes, Network


@dataclass(frozen=True)
class Ensemble:
    """A network whose lanes are draws.

    network: its strata are the lanes, draw by draw, the chosen strata of a draw together;
    bounded: place ("condition", "parent -> child" or "folder/file") -> share of draws in which the figures left no
    room there, so that the leak, link or rate was set to the nearest probability; places where that never happens
    are missing; affected: share of draws with any such place.
    """

    network: Network
    bounded: dict[str, float]
    affected: float


def ensemble(knowledge: Knowledge, setting: str, strata: Lanes, values: Values) -> Network:
    """The network of a setting under many sets of figures; see `drawn_ensemble`."""
    return drawn_ensemble(knowledge, setting, strata, values).network


def drawn_ensemble(knowledge: Knowledge, setting: str, strata: Lanes, values: Values) -> Ensemble:
    """The network of a setting under many sets of figures, every derivation done anew for each.

    A figure that leaves no room for a leak or a link is no error here: the leak or link is then 0 (or 1, where a
    ratio would need more).

    setting: id; strata: positions of the strata to keep, shape (strata,); values: path of a figure -> its value in
    each draw, shape (draws,); a figure that is not named keeps its value. Without any there is one draw.
    Raises UnknownName for a path that the network of the setting does not use, BadValue where draws differ in number.
    """
    arrays = {path: np.asarray(value, dtype=np.float64) for path, value in values.items()}
    built = compile_setting(knowledge, setting, strata, arrays, _draws(arrays))
    for path in arrays.keys() - built.read:
        raise UnknownName("figure", path, nearest_names(path, built.read))
    return Ensemble(built.network(), *_shares(built))


def used_figures(knowledge: Knowledge, setting: str) -> frozenset[str]:
    """Paths of the figures from which the network of a setting is derived, those of the reference setting included."""
    return frozenset(compile_setting(knowledge, setting, np.array([0], dtype=np.intp), {}, 1).read)


def _draws(values: dict[str, Array]) -> int:
    draws = next((len(np.atleast_1d(value)) for value in values.values()), 1)
    for path, value in values.items():
        if value.shape != (draws,):
            raise BadValue(path, f"an array of shape {value.shape}", f"does not hold {draws} draws.", "Give one each.")
    return draws


def _shares(built: Builder) -> tuple[dict[str, float], float]:
    any_place = np.zeros(built.draws, dtype=bool)
    for outside in built.room.bounded.values():
        any_place |= outside
    return {place: float(outside.mean()) for place, outside in built.room.bounded.items()}, float(any_place.mean())
