"""A memory group of the kernel's (cgroup) with a limit, as systemd makes one of a unit's MemoryMax.

The group is made below that of this process, so that whatever bounds this process still bounds all. Version 2 lets only a
group that hands its controllers down have groups below: the nearest one above is taken, and none is changed for it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MOUNTS, OWN = Path("/proc/self/mounts"), Path("/proc/self/cgroup")
END_SECONDS = 10


class NoGroup(Exception):
    """No memory group can be made here; the words say why, in one line."""


@dataclass(frozen=True)
class Files:
    """What a version of cgroups calls its files, and how it bounds memory: `limits` are written in their order."""

    limits: tuple[tuple[str, str], ...]
    events: str
    statistics: str
    anonymous: str


V1 = Files(
    # The second one counts swap too, and must not be below the first.
    limits=(("memory.limit_in_bytes", "{most}"), ("memory.memsw.limit_in_bytes", "{most}")),
    events="memory.oom_control",
    statistics="memory.stat",
    anonymous="total_rss",
)
V2 = Files(
    limits=(("memory.max", "{most}"), ("memory.swap.max", "0")),
    events="memory.events",
    statistics="memory.stat",
    anonymous="anon",
)


@dataclass(frozen=True)
class MemoryGroup:
    """A group of processes that may hold so much memory together, page cache and what the kernel holds for them counted."""

    folder: Path
    files: Files

    def command(self, *command: str) -> list[str]:
        """Return a command that enters the group and goes on as the given one."""
        return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(self.folder / "cgroup.procs"), *command]

    def killed(self) -> int:
        """Return how many of its processes the kernel has killed for want of memory."""
        return _numbers(self.folder / self.files.events)["oom_kill"]

    def anonymous(self) -> int:
        """Return the bytes that it holds now and could not give back: all but page cache and what the kernel holds."""
        return _numbers(self.folder / self.files.statistics)[self.files.anonymous]


@contextlib.contextmanager
def memory_group(most: int, *, mounts: Path = MOUNTS, own: Path = OWN) -> Iterator[MemoryGroup]:
    """Make a group that may hold `most` bytes, swap counted, for the length of a `with` block. Raises NoGroup.

    Whatever is in it must have ended when the block does.
    """
    parent, files = _parent(mounts.read_text(), own.read_text())
    folder = parent / f"portal-proof-{os.getpid()}-{most}"
    try:
        folder.mkdir()
    except OSError as error:
        raise NoGroup(f"no memory group can be made in {parent}: {error.strerror} (root may)") from None
    group = MemoryGroup(folder, files)
    try:
        _limit(group, most)
        yield group
    finally:
        _remove(folder)


def _parent(mounts: str, own: str) -> tuple[Path, Files]:
    """Return the folder below which a group may be made, and the files of its version."""
    for line in mounts.splitlines():
        _device, where, kind, options, *_rest = line.split()
        if kind == "cgroup" and "memory" in options.split(","):
            return _nearest(Path(where), _path_of(own, "memory")), V1
        if kind == "cgroup2":
            for folder in _upwards(Path(where), _path_of(own, "")):
                if "memory" in (folder / "cgroup.subtree_control").read_text().split():
                    return folder, V2
    raise NoGroup("no memory group can be made: no cgroup with the controller `memory` is mounted or handed down here")


def _path_of(own: str, controller: str) -> str:
    """Return the path of this process's group in the hierarchy of a controller; version 2 names none."""
    for line in own.splitlines():
        _number, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            return path.lstrip("/")
    return ""


def _upwards(top: Path, path: str) -> list[Path]:
    """Return the folders from that of `path` up to the top. In a container the path may be one of outside."""
    own = top / path
    return [folder for folder in (own, *own.parents) if folder.is_relative_to(top) and folder.is_dir()]


def _nearest(top: Path, path: str) -> Path:
    return _upwards(top, path)[0]


def _limit(group: MemoryGroup, most: int) -> None:
    for name, value in group.files.limits:
        path = group.folder / name
        # A kernel that does not count swap has no file for it.
        if path.exists() or name == group.files.limits[0][0]:
            path.write_text(value.format(most=most))


def _numbers(path: Path) -> Mapping[str, int]:
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}


def _remove(folder: Path) -> None:
    """Remove the group. The kernel lets go of processes a moment after they have ended."""
    end = time.monotonic() + END_SECONDS
    while True:
        try:
            return folder.rmdir()
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                raise
            time.sleep(0.1)
