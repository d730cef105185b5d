"""What a run ran on: processor, cores, versions, load. No host names."""

from __future__ import annotations

import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

MADE = Path(__file__).parent / ".generated"
PACKAGES = (
    "entitystore-dynamodb",
    "msgspec",
    "pydantic",
    "boto3",
    "botocore",
    "pynamodb",
    "aiodynamo",
    "aiohttp",
    "pydynox",
    "dynamoxy",
    "dyntastic",
    "aioboto3",
)


class Cores(NamedTuple):
    """The core of the clients and that of the server; None where there is one alone."""

    client: int | None
    server: int | None


def cores() -> Cores:
    """Two cores for the two sides."""
    available = sorted(os.sched_getaffinity(0))
    return Cores(available[-1], available[0]) if len(available) > 1 else Cores(None, None)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def failed_installs() -> dict[str, str]:
    """Peers that could not be installed, by what the installation left behind."""
    listed = MADE.parent / ".not-installed"
    if not listed.exists():
        return {}
    return dict.fromkeys(listed.read_text().split(), "could not be installed")


def about(chosen: Cores, load: tuple[float, float, float]) -> dict[str, object]:
    """The machine, the versions, and the load before and after."""
    import ssl

    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "pinned": {"client": chosen.client, "server": chosen.server},
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "implementation": sys.implementation.name,
        "openssl": ssl.OPENSSL_VERSION,
        "load_before": [round(each, 2) for each in load],
        "load_after": [round(each, 2) for each in os.getloadavg()],
        "versions": {name: found for name in PACKAGES if (found := _version(name)) is not None},
    }
