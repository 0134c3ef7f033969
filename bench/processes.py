"""What a tree of processes costs: CPU time and memory, as Linux counts them."""

import contextlib
import os
import time
from collections import defaultdict
from pathlib import Path

_TICK = 1000 / os.sysconf("SC_CLK_TCK")  # ms


def tree(root: int) -> list[int]:
    """The process and all below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                children[int(_stat(int(folder.name))[1])].append(int(folder.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def cpu_ms(root: int) -> float:
    """User and system time of the whole tree so far, of its ended members too, in ms.

    The time of a living process is its own clock, which counts nanoseconds (clock_getcpuclockid(3)); that of ended
    ones is what their parents have been credited with, in ticks.
    """
    total = 0.0
    for pid in tree(root):
        with contextlib.suppress(OSError):
            ended = _stat(pid)[13:15]
            total += time.clock_gettime_ns((~pid << 3) | 2) / 1e6 + sum(int(ticks) for ticks in ended) * _TICK
    return total


def memory_mb(pid: int) -> tuple[float, float]:
    """(RSS, PSS) of one process in MB (2^20)."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]:
        name, size, *_ = line.split()
        sizes[name] = int(size) / 1024
    return sizes["Rss:"], sizes["Pss:"]


def name(pid: int) -> str:
    """The command's name, as the kernel knows it."""
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


def _stat(pid: int) -> list[str]:
    """/proc/PID/stat from the third field on: the name before it may contain anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
