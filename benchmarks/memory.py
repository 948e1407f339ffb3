"""Memory of a process that answers: resident size, and what one answer adds to it.

Run as a program by `benchmarks.processes`; prints JSON. Linux only: the peak is reset through /proc.
"""

from __future__ import annotations

import json
import pickle
import re
import sys
from pathlib import Path

from benchmarks.cases import Asked, published_cases
from benchmarks.ours import ask, warm


def resident(name: str) -> int:
    """VmRSS (now) or VmHWM (peak since the last reset) of this process in bytes."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def added(cases: list[Asked]) -> list[dict[str, object]]:
    """For each case how far the peak during its answer lies above the size before the first one.

    The process has answered a smaller case of each network by then, so that code and network are loaded.
    """
    warm(cases)
    before = resident("VmRSS")
    rows: list[dict[str, object]] = []
    for case in cases:
        Path("/proc/self/clear_refs").write_text("5")
        answered = ask(case).answers is not None
        rows.append({"group": case.group, "k": case.k, "answered": answered, "bytes": resident("VmHWM") - before})
    return rows


def main() -> None:
    import crampnet

    model = crampnet.load_model()
    shipped = published_cases(model)
    warm(shipped)
    loaded = resident("VmRSS")
    rows = added([case for case in shipped if case.k <= 12])
    peak = resident("VmHWM")
    generated: list[Asked] = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - written a moment ago
    rows += added(generated)
    sys.stdout.write(json.dumps({"loaded": loaded, "answering": peak, "answers": rows}) + "\n")


if __name__ == "__main__":
    main()
