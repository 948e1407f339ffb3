"""The same answers from a Dask cluster."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crampnet
from crampnet.cohort import cluster
from crampnet.cohort.cluster import diagnose_dask
from crampnet.errors import BadTable, CrampnetError
from tests.cohort.rows import wide
from tests.support.models import TINY, tiny

dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")
LOAD = partial(crampnet.load_model, TINY)


def computed(table: Any, **options: str) -> pd.DataFrame:
    """Dask has its own kind of text column; apart from that it must be what pandas gives."""
    found: pd.DataFrame = table.compute(**options)
    texts = [name for name, kind in found.dtypes.items() if kind == "string"]
    return found.astype(dict.fromkeys(texts, "str"))


def test_a_local_cluster_gives_equal_answers(tmp_path: Path) -> None:
    table = wide(60).set_index(pd.RangeIndex(100, 160, name="place"))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", local_directory=str(tmp_path)
        ) as crew,
        distributed.Client(crew),
    ):
        answers = diagnose_dask(dd.from_pandas(table, npartitions=4), LOAD)
        expected = tiny().diagnose_many(table)
        assert list(answers.columns) == list(expected.columns)
        found = computed(answers)
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_threads_share_one_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_scorers", {})
    table = wide(60)
    found = computed(
        diagnose_dask(dd.from_pandas(table, npartitions=5), LOAD, top=2, keep=["age"]), scheduler="threads"
    )
    expected = tiny().diagnose_many(table, top=2, keep=["age"])
    pd.testing.assert_frame_equal(found, expected, check_exact=True)
    assert len(cluster._scorers) == 1


def test_a_header_is_refused_before_anything_runs() -> None:
    table = dd.from_pandas(pd.DataFrame({"at_nite": ["present"]}), npartitions=1)
    with pytest.raises(BadTable, match="at_nite"):
        diagnose_dask(table, LOAD)


def test_a_worker_with_other_priors_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_scorers", {})
    with pytest.raises(CrampnetError, match="other priors"):
        cluster._scorer(LOAD, "another digest")
