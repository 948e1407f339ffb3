"""What the figures were measured on and with; no name of the machine and no path."""

from __future__ import annotations

import os
import platform
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("crampnet", "numpy", "numba", "pgmpy", "pyagrum", "streamlit")


def stamp() -> dict[str, object]:
    """Date, processor, cores, memory in GiB, Python and package versions, load when the run began."""
    return {
        "date": date.today().isoformat(),
        "processor": _first("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 2**20),
        "system": platform.system(),
        "load_at_start": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
    }


def _first(path: str, key: str) -> str | None:
    source = Path(path)
    lines = source.read_text().splitlines() if source.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), None)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
