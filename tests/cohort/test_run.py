"""From file to file: the same answers, whatever the kind of file, the pieces, the processes and the interruptions."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import crampnet
from crampnet.cohort.run import Scored, score_file
from crampnet.errors import BadTable, BadValue, CrampnetError, KnowledgeError
from tests.cohort.rows import save, wide
from tests.support.models import TINY, tiny

ROWS = 60
LOAD = partial(crampnet.load_model, TINY)


def score(source: Path, target: Path, **options: Any) -> Scored:
    return score_file(source, target, options.pop("load", LOAD), **{"jobs": 1, "rows": 7, **options})


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    return tiny().diagnose_many(wide(ROWS))


@pytest.fixture(params=[".csv", ".parquet"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return save(wide(ROWS), tmp_path / f"in{request.param}")


def load(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).astype({"provisional": "boolean"})
    return pd.read_csv(path, dtype={"patient_id": "str", "provisional": "boolean"})


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_files_are_answered_as_tables_are(source: Path, tmp_path: Path, ending: str, expected: pd.DataFrame) -> None:
    target = tmp_path / f"out{ending}"
    done = score(source, target)
    assert done == Scored(ROWS, int(expected["error"].notna().sum()), 0)
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, target.name])


def test_two_processes_give_the_same(tmp_path: Path, expected: pd.DataFrame) -> None:
    source, target = save(wide(ROWS), tmp_path / "in.parquet"), tmp_path / "out.parquet"
    score(source, target, jobs=2)
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True)


@pytest.mark.parametrize("rows", [1, 59, 60, 61, 1000])
def test_the_size_of_the_parts_changes_nothing(tmp_path: Path, rows: int, expected: pd.DataFrame) -> None:
    source, target = save(wide(ROWS), tmp_path / "in.csv"), tmp_path / "out.parquet"
    score(source, target, rows=rows)
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True)


class Stopped(Exception):
    """Stands for a run that ends in the middle."""


def stop(after: int, done: int, _rows: int) -> None:
    if done >= after:
        raise Stopped


def stopped(source: Path, target: Path, **options: Any) -> Path:
    with pytest.raises(Stopped):
        score(source, target, progress=partial(stop, 20), **options)
    assert not target.exists()
    return target.with_name(target.name + ".parts")


def test_a_run_that_was_stopped_goes_on(source: Path, tmp_path: Path, expected: pd.DataFrame) -> None:
    target = tmp_path / "out.parquet"
    parts = stopped(source, target)
    (parts / "unfinished-1.parquet").write_bytes(b"half a part")
    first = (parts / "part-000000.parquet").stat().st_mtime_ns
    assert first
    done = score(source, target)
    assert done.resumed == 21
    assert done.rows == ROWS
    assert done.errors == expected["error"].notna().sum()
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True)
    assert not parts.exists()


def test_finished_parts_are_not_answered_again(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    part = stopped(source, target) / "part-000000.parquet"
    marked = parquet.read_table(part)
    place = marked.schema.get_field_index("level")
    parquet.write_table(marked.set_column(place, "level", pa.array(["marked"] * len(marked))), part)
    score(source, target)
    assert load(target)["level"].tolist()[:7] == ["marked"] * 7


@pytest.mark.parametrize(
    ("options", "differs"),
    [
        ({"top": 2}, "top"),
        ({"rows": 8}, "rows"),
        ({"keep": ["age"]}, "copied columns"),
    ],
)
def test_parts_of_another_run_are_not_mixed_in(
    source: Path, tmp_path: Path, options: dict[str, Any], differs: str
) -> None:
    target = tmp_path / "out.parquet"
    parts = stopped(source, target)
    with pytest.raises(BadTable, match=rf"another run \({differs} differ\).*delete the folder"):
        score(source, target, **options)
    assert parts.exists()
    assert not target.exists()


def test_other_priors_or_another_input_are_not_mixed_in(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    parts = stopped(source, target)
    overlay = tmp_path / "clinic.yaml"
    overlay.write_text(
        "conditions.hypocalcemia.troubles_hand: "
        "{value: 0.4, interval: [0.3, 0.5], basis: judgement, grade: E, reason: here}\n",
        encoding="utf-8",
    )
    with pytest.raises(BadTable, match=r"\(priors differ\)"):
        score(source, target, load=partial(crampnet.load_model, TINY, overlay=overlay))
    save(wide(ROWS, seed=2), source)
    with pytest.raises(BadTable, match=r"\(input differ\)"):
        score(source, target)
    manifest = json.loads((parts / "manifest.json").read_text())
    (parts / "manifest.json").write_text(json.dumps({**manifest, "version": "0.0.0"}))
    with pytest.raises(BadTable, match=r"\(input, version differ\)"):
        score(source, target)


def test_a_folder_of_something_else_is_left_alone(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out.csv.parts"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear")
    with pytest.raises(BadTable, match="another run"):
        score(source, tmp_path / "out.csv")
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_what_is_there_is_overwritten_only_by_force(source: Path, tmp_path: Path, expected: pd.DataFrame) -> None:
    target = tmp_path / "out.parquet"
    target.write_text("mine")
    with pytest.raises(BadTable, match=r"there already.*--force"):
        score(source, target)
    assert target.read_text() == "mine"
    score(source, target, force=True)
    pd.testing.assert_frame_equal(load(target), expected, check_exact=True)
    with pytest.raises(BadTable, match="is the input too"):
        score(source, source, force=True)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_header_without_rows(tmp_path: Path, ending: str) -> None:
    source, target = save(wide(3).iloc[:0], tmp_path / f"in{ending}"), tmp_path / f"out{ending}"
    assert score(source, target) == Scored(0, 0, 0)
    assert list(load(target)) == list(tiny().diagnose_many(wide(3)))


def test_columns_that_are_copied_keep_type_and_content(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([1, None, 3], pa.int64()),
            "ward": pa.array(["a", "b", "a"]).dictionary_encode(),
            "days": pa.array([[1], [], None], pa.list_(pa.int32())),
            "at_night": pa.array([True, None, False]),
        }
    )
    source, target = tmp_path / "in.parquet", tmp_path / "out.parquet"
    parquet.write_table(table, source)
    score(source, target, keep=["ward", "days"])
    found = parquet.read_table(target)
    assert found.column_names[:3] == ["id", "ward", "days"]
    assert found.column("id").equals(table.column("id"))
    assert found.column("days").equals(table.column("days"))
    assert found.column("ward").to_pylist() == ["a", "b", "a"]
    with pytest.raises(BadTable, match="CSV file cannot hold the lists of column days"):
        score(source, tmp_path / "out.csv", keep=["ward", "days"])


def test_an_index_of_pandas_is_copied(tmp_path: Path) -> None:
    table = pd.DataFrame({"at_night": [True, False]}, index=pd.Index(["x", "y"], name="who"))
    table.to_parquet(tmp_path / "in.parquet")
    score(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert pd.read_parquet(tmp_path / "out.parquet")["who"].tolist() == ["x", "y"]
    table.to_csv(tmp_path / "in.csv", index_label="")
    score(tmp_path / "in.csv", tmp_path / "out.csv")
    assert pd.read_csv(tmp_path / "out.csv").iloc[:, 0].tolist() == ["x", "y"]


def test_nested_cells_of_parquet_are_read(tmp_path: Path) -> None:
    cases = [
        crampnet.Case(present=["kind_spasm", "at_night"], results={"serum_calcium": "1.85 mmol/L"}),
        crampnet.Case(present=["kind_spasm"], medicines=["Lasix"]),
    ]
    table = pd.DataFrame([case.to_dict() for case in cases])
    table.to_parquet(tmp_path / "in.parquet")
    score(tmp_path / "in.parquet", tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(load(tmp_path / "out.parquet"), tiny().diagnose_many(table), check_exact=True)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "not a csv table .*Empty"),
        (b"id,at_night\n1,present,3\n", "not a csv table .*Expected 2 columns, got 3"),
        (b"id,at_nite\n1,present\n", "at_nite"),
        (b"id,at_night,at_night\n1,present,absent\n", 'column "at_night": it is there twice'),
        (b"id,at_night\n1,\xff\xfe\n", "not a csv table .*UTF"),
    ],
)
def test_a_csv_file_that_is_none_is_refused_at_once(tmp_path: Path, content: bytes, problem: str) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(BadTable, match=problem):
        score(source, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_bad_line_at_the_end_is_found_before_the_work_starts(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,at_night\n" + "1,present\n" * 50 + "1\n")
    seen: list[int] = []
    with pytest.raises(BadTable, match="not a csv table"):
        score(source, tmp_path / "out.csv", progress=lambda done, _rows: seen.append(done))
    assert not seen


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        ("in.txt", "out.csv", "does not say what it is"),
        ("in.csv", "out.xlsx", "does not say what it is"),
        ("in.csv", "no/out.csv", "no such folder"),
        ("none.csv", "out.csv", "no such file"),
        ("in.parquet", "out.csv", "not a parquet table"),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, source: str, target: str, problem: str) -> None:
    for name in ("in.txt", "in.csv", "in.parquet"):
        (tmp_path / name).write_text("id,at_night\n1,present\n")
    with pytest.raises(BadTable, match=problem):
        score(tmp_path / source, tmp_path / target)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_the_worker_cannot_do_is_said_by_the_run(tmp_path: Path, jobs: int) -> None:
    source = save(wide(3), tmp_path / "in.csv")
    with pytest.raises(KnowledgeError):
        score(source, tmp_path / "out.csv", load=partial(crampnet.load_model, tmp_path), jobs=jobs)
    with pytest.raises(BadValue, match="top"):
        score(source, tmp_path / "out.csv", top=99)


def test_a_worker_that_dies_is_said_so(tmp_path: Path) -> None:
    source = save(wide(3), tmp_path / "in.csv")
    with pytest.raises(CrampnetError, match=r"working process was ended.*fewer --jobs"):
        score(source, tmp_path / "out.csv", load=partial(os._exit, 3), jobs=2)


def test_progress_counts_the_rows(source: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    score(source, tmp_path / "out.csv", rows=25, progress=lambda *rows: seen.append(rows))
    assert seen == [(25, ROWS), (50, ROWS), (60, ROWS)]
