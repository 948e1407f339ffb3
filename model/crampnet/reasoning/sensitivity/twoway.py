"""Two figures: a map of a posterior and of who leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crampnet.errors import BadValue
from crampnet.reasoning.sensitivity.setup import Change, Row, Setup, joint


@dataclass(frozen=True)
class TwoWay:
    """A row over a grid of two figures.

    first, second: paths; values: P(row | e), index numbers of the first, columns numbers of the second; leader: id of
    the condition that is first there. The stated numbers of both are points of the grid.
    """

    first: str
    second: str
    row: Row
    values: pd.DataFrame
    leader: pd.DataFrame


def two_way(setup: Setup, first: str, second: str, row: Row | None = None, *, points: int = 10) -> TwoWay:
    """The map of a row, and of who leads, over the 90 % intervals of two figures; every point exact.

    points: steps on each side of the stated number.
    Raises UnknownName for a figure or condition that does not exist, BadValue for one figure twice.
    """
    if first == second:
        raise BadValue("second", second, "is the same figure as the first.", "Name two figures.")
    row = row or setup.leader
    axes = [_axis(setup, path, points) for path in (first, second)]
    changes: list[Change] = [{first: x, second: y} for x in axes[0] for y in axes[1]]
    found = joint(setup, changes)
    table = found.contributes if setup.leader.quantity == "contributes" else found.present
    first_rows = np.array(setup.network.conditions)[np.argmax(table, axis=1)]
    index, columns = pd.Index(axes[0], name=first), pd.Index(axes[1], name=second)
    shape = (len(index), len(columns))
    return TwoWay(
        first,
        second,
        row,
        pd.DataFrame(found.posterior(setup, row).reshape(shape), index=index, columns=columns),
        pd.DataFrame(first_rows.reshape(shape), index=index, columns=columns),
    )


def _axis(setup: Setup, path: str, points: int) -> list[float]:
    """From the lower end of the interval to the upper, the stated number among them."""
    parameter = setup.parameter(path)
    low, high = parameter.interval
    below = np.linspace(low, parameter.value, points + 1)[:-1]
    return [float(t) for t in (*below, parameter.value, *np.linspace(parameter.value, high, points + 1)[1:])]
