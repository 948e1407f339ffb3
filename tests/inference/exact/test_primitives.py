"""What is done with tables: against plain definitions, each step against its adjoint, and numpy against the loops."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.compiled import NAMES, compile_all, plain

ROOM = 5


@dataclass
class Call:
    """A primitive's arguments on a random arena with a gap of NaN nowhere, so that stray writes are seen."""

    name: str
    lanes: int
    numbers: list[int]
    axes: np.ndarray = field(default_factory=lambda: np.zeros((3, 8), np.int64))
    points: np.ndarray = field(default_factory=lambda: np.zeros(8, np.int64))
    """1 for the ranks along which tables multiply point by point; an axis is 2 * rank + (1 if awaiting)."""
    seed: int = 0
    size: int = 1200
    rows: int = 3

    def run(self, door: Callable[..., None]) -> tuple[np.ndarray, np.ndarray]:
        """(arena, out) afterwards."""
        rng = np.random.default_rng(self.seed)
        x, p, out = (
            rng.random(self.size * self.lanes),
            rng.random((4, self.lanes)),
            np.full((self.rows, self.lanes), -7.0),
        )
        numbers = np.array([*self.numbers, self.lanes], dtype=np.int64)
        door(NAMES.index(self.name), x, self.axes, self.points, p, out, numbers)
        return x, out

    def before(self) -> np.ndarray:
        return np.random.default_rng(self.seed).random(self.size * self.lanes)


@pytest.fixture(scope="module")
def compiled() -> Callable[..., None]:
    return compile_all()


lanes_and_seed = st.tuples(st.sampled_from([1, 3]), st.integers(0, 1000))


@st.composite
def along_an_axis(draw: st.DrawFn) -> Call:
    """link, moments and the like, on a table of up to 6 axes in the middle of the arena."""
    lanes, seed = draw(lanes_and_seed)
    name = draw(st.sampled_from(["link", "unlink", "link_where", "unlink_where", "moments", "moments_where"]))
    outer = 2 if name.endswith("where") else 1
    many = draw(st.integers(outer, 6))
    stride, size = 1 << draw(st.integers(0, many - outer)), 1 << many
    if name.startswith("moments"):
        return Call(name, lanes, [ROOM * lanes, 200 * lanes, size, stride], seed=seed)
    return Call(name, lanes, [ROOM * lanes, size, stride, draw(st.integers(0, 3)), draw(st.integers(0, 1))], seed=seed)


@st.composite
def entry_by_entry(draw: st.DrawFn) -> Call:
    lanes, seed = draw(lanes_and_seed)
    size = draw(st.sampled_from([1, 2, 8, 64]))
    name = draw(st.sampled_from(["dot", "scaled", "added", "blended", "copied"]))
    one, two, three = ROOM * lanes, 100 * lanes, draw(st.sampled_from([ROOM, 100, 200])) * lanes
    numbers = {"blended": [three, one, two, size, 0, 3], "copied": [one, two, size]}
    return Call(name, lanes, numbers.get(name, [one, two, size, 2]), seed=seed)


def ranks(draw: st.DrawFn, most: int) -> list[int]:
    return sorted(draw(st.sets(st.integers(0, 7), max_size=most)))


def awaiting(draw: st.DrawFn, own: list[int], points: np.ndarray, but: set[int] = frozenset()) -> list[int]:  # type: ignore[assignment]
    """Axes of these ranks, some of those of contributions awaiting."""
    return [2 * r + int(not points[r] and r not in but and draw(st.booleans())) for r in own]


@st.composite
def widenings(draw: st.DrawFn, name: str | None = None) -> Call:
    """lift and lower between a table and one with more axes, from the first or the second axis on."""
    lanes, seed = draw(lanes_and_seed)
    chosen = name or draw(st.sampled_from(["lift", "lower"]))
    wider = ranks(draw, 6)
    own = sorted(draw(st.sets(st.sampled_from(wider)))) if wider else []
    axes, start = np.full((3, 8), -1, np.int64), draw(st.integers(0, 1))
    points = np.array(draw(st.lists(st.integers(0, 1), min_size=8, max_size=8)), dtype=np.int64)
    axes[0, start : start + len(own)] = awaiting(draw, own, points)
    axes[1, start : start + len(wider)] = [2 * rank for rank in wider]  # the form does not matter to a lift
    narrow = [ROOM * lanes, start, start + len(own)]
    return Call(chosen, lanes, [*narrow, 200 * lanes, start, start + len(wider)], axes, points, seed)


@st.composite
def products(draw: st.DrawFn, name: str | None = None, lanes: int | None = None) -> Call:
    """Tables of any axes, shared ones among them, at most one of the two awaiting, with room to work in behind them."""
    many_lanes, seed = draw(lanes_and_seed)
    one, two = ranks(draw, 4), ranks(draw, 4)
    both = sorted({*one, *two})
    axes = np.full((3, 8), -1, np.int64)
    points = np.array(draw(st.lists(st.integers(0, 1), min_size=8, max_size=8)), dtype=np.int64)
    first = awaiting(draw, one, points)
    second = awaiting(draw, two, points, {axis >> 1 for axis in first if axis & 1})
    await_it = {axis >> 1 for axis in first + second if axis & 1}
    for row, own in enumerate((first, second, [2 * rank + (rank in await_it) for rank in both])):
        axes[row, : len(own)] = own
    many_lanes = lanes or many_lanes
    places = [at * many_lanes for at in (ROOM, 40, 80, 400)]
    numbers = [places[0], len(one), places[1], len(two), places[2], len(both), places[3]]
    return Call(name or draw(st.sampled_from(["product", "product_back"])), many_lanes, numbers, axes, points, seed)


@st.composite
def of_states(draw: st.DrawFn) -> Call:
    """headed, opened and their adjoints, along an axis of two tables that lie apart."""
    lanes, seed = draw(lanes_and_seed)
    many = draw(st.integers(1, 6))
    numbers = [ROOM * lanes, 200 * lanes, 1 << many, 1 << draw(st.integers(0, many - 1))]
    name = draw(st.sampled_from(["headed", "headed_back", "opened", "opened_back"]))
    return Call(name, lanes, numbers if name.startswith("headed") else [*numbers, draw(st.integers(0, 1))], seed=seed)


@st.composite
def in_blocks(draw: st.DrawFn) -> Call:
    """weigh and overlap; of weigh's links some are not signed or reach beyond a block, and must not act."""
    lanes, seed = draw(lanes_and_seed)
    many = draw(st.integers(1, 6))
    inner = draw(st.integers(1, many))
    if draw(st.booleans()):
        return Call("overlap", lanes, [ROOM * lanes, 200 * lanes, 1 << many, 1 << inner], seed=seed, rows=1 << inner)
    steps = st.integers(0, many - 1).map(lambda axis: 1 << axis)
    links = st.tuples(st.integers(0, 3), steps, st.integers(0, 2), st.just(0))
    acts = np.array([*draw(st.lists(links, max_size=5)), (0, 1, 1, 0)], dtype=np.int64)
    first = draw(st.integers(0, len(acts) - 1))
    return Call("weigh", lanes, [ROOM * lanes, 1 << many, first, len(acts), 1 << inner], acts, seed=seed)


any_call = st.one_of(along_an_axis(), entry_by_entry(), widenings(), products(), of_states(), in_blocks())


@settings(max_examples=400)
@given(call=any_call)
def test_numpy_and_loops_do_the_same(call: Call, compiled: Callable[..., None]) -> None:
    (x, out), (fast_x, fast_out) = call.run(plain), call.run(compiled)
    if call.name.startswith("product"):
        x, fast_x = x[: 400 * call.lanes], fast_x[: 400 * call.lanes]  # behind them each may work as it likes
    if call.name == "product_back":
        x, fast_x = x[: 80 * call.lanes], fast_x[: 80 * call.lanes]  # the gradient is used up
    np.testing.assert_allclose(fast_x, x, rtol=1e-13)
    np.testing.assert_allclose(fast_out, out, rtol=1e-13)


@given(st.integers(0, 2**63 - 1))
def test_bits_are_counted(compiled: Callable[..., None], word: int) -> None:
    for door in (plain, compiled):
        assert Call("bits", 1, [word]).run(door)[1][0, 0] == bin(word).count("1")


# -- definitions -------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(along_an_axis())
def test_steps_along_an_axis_are_what_they_say(call: Call) -> None:
    x, out = call.run(plain)
    before, where = call.before().reshape(-1, call.lanes), call.name.endswith("where")
    after = x.reshape(-1, call.lanes)
    at, size = call.numbers[0] // call.lanes, call.numbers[2 if call.name.startswith("moments") else 1]
    stride = call.numbers[3 if call.name.startswith("moments") else 2]
    apart = size // 2 if where else stride
    pairs = [
        (at + i, at + i + apart)
        for i in range(size)
        if not (i & apart) and (not where or i & stride)
    ]  # fmt: skip
    if call.name.startswith("moments"):
        shift = (call.numbers[1] - call.numbers[0]) // call.lanes
        sums = [(n, n + shift, n, y + shift, y, y + shift) for n, y in pairs]
        for row in range(3):
            expected = sum(before[s[2 * row]] * before[s[2 * row + 1]] for s in sums)
            assert out[row] == pytest.approx(expected, rel=1e-12)
        return
    p = random_p(call)[call.numbers[3]]
    expected = before.copy()
    for n, y in pairs:
        if call.name.startswith("link"):
            expected[n] = (1 - p) * before[n]
            expected[y] = before[y] if call.numbers[4] else before[y] + p * before[n]
        else:
            expected[n] = (1 - p) * before[n] + (0.0 if call.numbers[4] else 1.0) * p * before[y]
    np.testing.assert_allclose(after, expected, rtol=1e-12)


def random_p(call: Call) -> np.ndarray:
    rng = np.random.default_rng(call.seed)
    rng.random(call.size * call.lanes)
    return rng.random((4, call.lanes))


def table(x: np.ndarray, call: Call, at: int, many: int) -> np.ndarray:
    return x[at : at + (call.lanes << many)].reshape([2] * many + [call.lanes]).copy()


def states(call: Call, row: int, index: tuple[int, ...]) -> dict[int, int]:
    return dict(zip((call.axes[row, : len(index)] >> 1).tolist(), index, strict=True))


@settings(max_examples=250)
@given(products("product"))
def test_a_product_is_the_or_of_contributions_and_the_and_of_states(call: Call) -> None:
    """Shared contributions: (n, y) of the product counts all pairs of which at least one is y.

    Where one awaits, its (n, y) is what it is worth when the rest comes to n or y; so the product's (n, y) is what it is
    worth when what is still to come besides the other table is n or y.
    """
    one, many_one, two, many_two, out, many, _ = call.numbers
    x, _ = call.run(plain)
    a, b = table(call.before(), call, one, many_one), table(call.before(), call, two, many_two)
    expected = np.zeros([2] * many + [call.lanes])
    forms = {axis >> 1: row for row in (0, 1) for axis in call.axes[row].tolist() if axis >= 0 and axis & 1}
    for i, j, to in itertools.product(np.ndindex(a.shape[:-1]), np.ndindex(b.shape[:-1]), np.ndindex(*[2] * many)):
        left, right, result = states(call, 0, i), states(call, 1, j), states(call, 2, to)
        if all(fits(call, rank, left, right, result, forms.get(rank)) for rank in result):
            expected[to] += a[i] * b[j]
    np.testing.assert_allclose(table(x, call, out, many), expected, rtol=1e-12)


def fits(
    call: Call, rank: int, left: dict[int, int], right: dict[int, int], result: dict[int, int], form: int | None
) -> bool:
    """Whether these entries of two tables belong to that of the product, along one axis."""
    if not (rank in left and rank in right):
        return left.get(rank, right.get(rank)) == result[rank]
    if call.points[rank]:
        return left[rank] == right[rank] == result[rank]
    if form is None:
        return max(left[rank], right[rank]) == result[rank]
    awaits, comes = (left[rank], right[rank]) if form == 0 else (right[rank], left[rank])
    return awaits == max(comes, result[rank])


@settings(max_examples=100)
@given(of_states())
def test_states_and_contributions_become_each_other(call: Call) -> None:
    x, _ = call.run(plain)
    one, two = (number // call.lanes for number in call.numbers[:2])
    size, stride = call.numbers[2:4]
    before, after, p = call.before().reshape(-1, call.lanes), x.reshape(-1, call.lanes), random_p(call)
    signed = call.name.startswith("opened") and call.numbers[4] == 1
    for low in (i for i in range(size) if not i & stride):
        n, y, u, v = (before[place + low + up] for place in (one, two) for up in (0, stride))
        expected = {
            "headed": (n * p[0], y * p[1] + v * p[2]),
            "headed_back": (n * p[0], y * p[1], 0.0 * n, y * p[2]),
            "opened": (n * p[0] + u * p[1], v * p[2]) if signed else (n * p[0] + u * p[1] + v * p[2], (u + v) * p[2]),
            "opened_back": (n * p[0], 0.0 * n, n * p[1], y * p[2])
            if signed
            else (n * p[0], 0.0 * n, n * p[1] + y * p[2], (n + y) * p[2]),
        }[call.name]
        found = [after[place + low + up] for place in (one, two) for up in (0, stride)]
        np.testing.assert_allclose(found[: len(expected)], expected, rtol=1e-12)


@settings(max_examples=100)
@given(in_blocks())
def test_links_that_act_together_do_what_each_would_do_alone(call: Call) -> None:
    x, out = call.run(plain)
    if call.name == "overlap":
        table_at, back, size, block = call.numbers
        both = call.before()[table_at:][: size * call.lanes] * call.before()[back:][: size * call.lanes]
        np.testing.assert_allclose(out, both.reshape(-1, block, call.lanes).sum(axis=0), rtol=1e-12)
        return
    at, size, first, last, block = call.numbers
    expected = call.before()
    for place, step, mode, _ in call.axes[first:last].tolist():
        if mode == 1 and 2 * step <= block:
            link = np.array([at, size, step, place, 1, call.lanes], dtype=np.int64)
            plain(NAMES.index("link"), expected, call.axes, call.points, random_p(call), out, link)
    np.testing.assert_allclose(x, expected, rtol=1e-12)


# -- adjoints ----------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(products("product"))
def test_product_back_is_the_derivative_of_the_product(call: Call) -> None:
    """It is linear in each table: <gradient by A, A'> = <gradient, A' B> for any A', and so for B."""
    one, many_one, two, many_two, out, many, _ = call.numbers
    back = Call("product_back", *(getattr(call, name) for name in ("lanes", "numbers", "axes", "points", "seed")))
    gradient = table(call.before(), call, out, many)
    x, _ = back.run(plain)
    rng = np.random.default_rng(99)
    for at, length in ((one, many_one), (two, many_two)):
        other = rng.random(call.lanes << length)

        def door(*arguments: object, at: int = at, other: np.ndarray = other) -> None:
            arguments[1][at : at + len(other)] = other  # type: ignore[index]
            plain(*arguments)  # type: ignore[arg-type]

        moved, _ = call.run(door)
        value = (table(moved, call, out, many) * gradient).reshape(-1, call.lanes).sum(axis=0)
        by_back = table(x, call, at, length) * other.reshape(table(x, call, at, length).shape)
        assert by_back.reshape(-1, call.lanes).sum(axis=0) == pytest.approx(value, rel=1e-11)


@settings(max_examples=150)
@given(widenings("lift"))
def test_lower_is_the_adjoint_of_lift(call: Call) -> None:
    narrow_at, first, last, wide_at, wide_first, wide_last = call.numbers
    before = call.before()
    lifted, _ = call.run(plain)
    lowered, _ = Call("lower", call.lanes, call.numbers, call.axes, call.points, call.seed).run(plain)
    small, large = last - first, wide_last - wide_first
    wide = table(lifted, call, wide_at, large) * table(before, call, wide_at, large)
    narrow = table(lowered, call, narrow_at, small) * table(before, call, narrow_at, small)
    assert wide.reshape(-1, call.lanes).sum(axis=0) == pytest.approx(
        narrow.reshape(-1, call.lanes).sum(axis=0), rel=1e-11
    )


@settings(max_examples=150)
@given(widenings("lift"))
def test_lift_adds_axes_on_which_nothing_has_happened(call: Call) -> None:
    narrow_at, first, last, wide_at, wide_first, wide_last = call.numbers
    x, _ = call.run(plain)
    small, large = table(x, call, narrow_at, last - first), table(x, call, wide_at, wide_last - wide_first)
    own, wider = (call.axes[0, first:last] >> 1).tolist(), (call.axes[1, wide_first:wide_last] >> 1).tolist()
    for index in np.ndindex(large.shape[:-1]):
        state = dict(zip(wider, index, strict=True))
        new = [rank for rank in wider if rank not in own]
        happened = any(state[rank] and not call.points[rank] for rank in new)
        expected = np.zeros(call.lanes) if happened else small[tuple(state[rank] for rank in own)]
        assert large[index] == pytest.approx(expected)


@settings(max_examples=100)
@given(entry_by_entry())
def test_steps_entry_by_entry_are_what_they_say(call: Call) -> None:
    x, out = call.run(plain)
    p, before = random_p(call), call.before()
    many = call.numbers[3 if call.name == "blended" else 2]

    def at(place: int, where: np.ndarray = before) -> np.ndarray:
        return where[place : place + many * call.lanes].reshape(many, call.lanes)

    first, second, third = call.numbers[0], call.numbers[1], call.numbers[2]
    if call.name == "dot":
        assert out[2] == pytest.approx((at(first) * at(second)).sum(axis=0), rel=1e-12)
        return
    if call.name == "blended":
        expected = at(second) * p[0] + at(third) * p[3]
    else:
        factor = np.ones(call.lanes) if call.name == "copied" else p[2]
        expected = at(second) * factor + (at(first) if call.name == "added" else 0.0)
    np.testing.assert_allclose(at(first, x), expected, rtol=1e-12)
