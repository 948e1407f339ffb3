"""Random figures: correlated within a source, the same for a seed whatever else is drawn beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from crampnet.errors import BadValue
from crampnet.knowledge.beta import Beta, logit_quantiles
from crampnet.network.lognormal import LogNormal
from crampnet.network.network import Array
from crampnet.network.parameters import Parameter

SAME_SOURCE = 0.5
"""Correlation of the normals behind two figures of one source: what biases a study biases all that it printed."""

_CHUNK = 256
"""So many figures are drawn at once; bounds the working memory."""

_REACH, _KNOTS = 6.0, 121
_STEP = 2.0 * _REACH / (_KNOTS - 1)
"""Quantiles are tabulated at so many normals between -reach and reach; what lies outside is drawn at the end."""


@dataclass(frozen=True)
class Sampler:
    """Draws of figures: theta = quantile(Phi(sqrt(rho) z_source + sqrt(1 - rho) eps)), z and eps standard normal.

    A figure without a source has no z: it is independent of all others. Draw i of a figure depends on the seed, the
    figure's path, its source's key and i alone, so it stays what it is when other figures come or go, and the first
    200 of 1000 draws are those of 200.

    parameters: the figures; seed: any whole number; rho: correlation within a source, 0 to 1.
    Raises BadValue for a rho outside 0 to 1.
    """

    parameters: tuple[Parameter, ...]
    seed: int = 0
    rho: float = SAME_SOURCE

    def __post_init__(self) -> None:
        if not 0.0 <= self.rho <= 1.0:
            raise BadValue("rho", self.rho, "is no correlation.", "Give a number from 0 to 1.")

    def draw(self, start: int, stop: int) -> Mapping[str, Array]:
        """Path -> draws start to stop - 1 of that figure, shape (stop - start,)."""
        sources = tuple(dict.fromkeys(p.source for p in self.parameters if p.source is not None))
        common = dict(zip(sources, normals([f"source {s}" for s in sources], self.seed, start, stop), strict=True))
        drawn: dict[str, Array] = {}
        for chunk, table in zip(_chunks(self.parameters), self._tables, strict=True):
            own = normals([f"figure {p.path}" for p in chunk], self.seed, start, stop)
            for row, parameter in enumerate(chunk):
                if parameter.source is not None:
                    own[row] = np.sqrt(self.rho) * common[parameter.source] + np.sqrt(1.0 - self.rho) * own[row]
            drawn |= zip((p.path for p in chunk), table.at(own), strict=True)
        return drawn

    @cached_property
    def _tables(self) -> tuple[Quantiles, ...]:
        return tuple(Quantiles.of([p.distribution for p in chunk]) for chunk in _chunks(self.parameters))


def _chunks(parameters: Sequence[Parameter]) -> Iterator[Sequence[Parameter]]:
    for first in range(0, len(parameters), _CHUNK):
        yield parameters[first : first + _CHUNK]


@dataclass(frozen=True)
class Quantiles:
    """Quantile functions of some distributions, ready for many draws.

    The logarithm (lognormal) or the log odds (Beta) of the quantile at Phi(z) is a smooth function of z: cubic
    pieces with its exact values and slopes at the knots, for each distinct distribution, replace the slow inversion.

    row: which distinct distribution each one is, shape (n,); pieces: coefficients, shape (distinct, knots - 1, 4),
    lowest power of the way along a piece (0 to 1) first; odds: where they give log odds, shape (n,);
    least: smallest values, shape (n,).
    """

    row: npt.NDArray[np.intp]
    pieces: Array
    odds: npt.NDArray[np.bool_]
    least: Array

    @classmethod
    def of(cls, distributions: Sequence[Beta | LogNormal]) -> Quantiles:
        """Tabulate the distributions."""
        distinct = {distribution: row for row, distribution in enumerate(dict.fromkeys(distributions))}
        return cls(
            row=np.array([distinct[d] for d in distributions], dtype=np.intp),
            pieces=np.array([_pieces(distribution) for distribution in distinct]),
            odds=np.array([isinstance(d, Beta) for d in distributions]),
            least=np.array([d.least if isinstance(d, LogNormal) else 0.0 for d in distributions]),
        )

    def at(self, normal: Array) -> Array:
        """Quantiles at Phi(normal), shape (n, draws) as that of normal."""
        from scipy import special  # a fifth of a second that an answer can do without

        place = (np.clip(normal, -_REACH, _REACH) + _REACH) / _STEP
        piece = np.minimum(place.astype(np.intp), _KNOTS - 2)
        place -= piece
        c = self.pieces[self.row[:, None], piece]
        height = ((c[..., 3] * place + c[..., 2]) * place + c[..., 1]) * place + c[..., 0]
        height[self.odds] = np.minimum(special.expit(height[self.odds]), _BELOW_ONE)
        height[~self.odds] = np.maximum(np.exp(height[~self.odds]), self.least[~self.odds, None])
        return height


_BELOW_ONE = float(np.nextafter(1.0, 0.0))


def _pieces(distribution: Beta | LogNormal) -> Array:
    """Cubic Hermite pieces between the knots, shape (knots - 1, 4)."""
    knots = np.linspace(-_REACH, _REACH, _KNOTS)
    if isinstance(distribution, LogNormal):
        height, slope = distribution.mu + distribution.sigma * knots, np.full(_KNOTS, distribution.sigma)
    else:
        height, slope = logit_quantiles(np.array(distribution.a), np.array(distribution.b), knots)
    rise, start, end = np.diff(height), slope[:-1] * _STEP, slope[1:] * _STEP
    return np.stack([height[:-1], start, 3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise], axis=-1)


def normals(names: Sequence[str], seed: int, start: int, stop: int) -> Array:
    """Independent standard normals, shape (names, stop - start); each depends on seed, name and its number alone.

    Each name has a stream of the SplitMix64 generator that begins at the hash of seed and name; the numbers are taken
    from its upper 53 bits.
    """
    from scipy import special  # as above

    hashes = [blake2b(f"{seed} {name}".encode(), digest_size=8).digest() for name in names]
    first = np.frombuffer(b"".join(hashes), dtype="<u8").astype(np.uint64)
    state = first[:, None] + np.arange(start + 1, stop + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return np.asarray(special.ndtri(((state >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53))
