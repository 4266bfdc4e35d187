"""The memory group of `make prove`: on version 1 and 2 of cgroups, below this process's own, or a line that says why not."""

from pathlib import Path

import pytest

from benchmarks import memory_group as groups
from benchmarks.deployed import NOT_DEPLOYED, memory_max, unit_environment
from benchmarks.memory_group import V1, V2, MemoryGroup, NoGroup
from tests.rules.source import ROOT

UNITS = [(ROOT / "deploy" / name).read_text() for name in ("portal.service", "portal-worker.service")]


def folder(top: Path, path: str, **files: str) -> Path:
    """Make a folder as the kernel shows a group; a `__` in a file's name stands for a dot."""
    made = top / path
    made.mkdir(parents=True)
    for name, text in files.items():
        (made / name.replace("__", ".")).write_text(text)
    return made


def test_on_version_1_the_group_stands_below_this_process_s_own(tmp_path):
    own = folder(tmp_path, "session/job")
    mounts = f"cgroup {tmp_path}/cpu cgroup rw,cpu 0 0\ncgroup {tmp_path} cgroup rw,relatime,memory 0 0\n"
    assert groups._parent(mounts, "5:cpu,cpuacct:/\n4:memory:/session/job\n0::/\n") == (own, V1)


def test_in_a_container_whose_path_is_one_of_outside_it_stands_at_the_top(tmp_path):
    assert groups._parent(f"cgroup {tmp_path} cgroup rw,memory 0 0\n", "4:memory:/docker/abc\n") == (tmp_path, V1)


def test_on_version_2_it_stands_below_the_nearest_that_hands_memory_down(tmp_path):
    (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
    near = folder(tmp_path, "user.slice", cgroup__subtree_control="cpu memory\n")
    folder(tmp_path, "user.slice/session.scope", cgroup__subtree_control="\n")
    mounts = f"cgroup2 {tmp_path} cgroup2 rw,nosuid 0 0\n"
    assert groups._parent(mounts, "0::/user.slice/session.scope\n") == (near, V2)


@pytest.mark.parametrize("mounts", ["", "cgroup2 {0} cgroup2 rw 0 0\n", "cgroup {0} cgroup rw,cpu 0 0\n"])
def test_where_none_can_be_made_one_line_says_so(tmp_path, mounts):
    (tmp_path / "cgroup.subtree_control").write_text("cpu\n")
    with pytest.raises(NoGroup) as caught:
        groups._parent(mounts.format(tmp_path), "0::/\n")
    assert "\n" not in str(caught.value)


def test_where_nobody_may_make_one_one_line_says_so(tmp_path):
    (tmp_path / "mounts").write_text("cgroup /proc cgroup rw,memory 0 0\n")
    (tmp_path / "own").write_text("4:memory:/\n")
    group = groups.memory_group(1, mounts=tmp_path / "mounts", own=tmp_path / "own")
    with pytest.raises(NoGroup, match="no memory group can be made in /proc"), group:
        pytest.fail("a group was made in /proc")


def test_swap_is_bounded_too_where_it_is_counted(tmp_path):
    counted = folder(tmp_path, "counted", memory__memsw__limit_in_bytes="-1")
    groups._limit(MemoryGroup(counted, V1), 512)
    assert [(counted / name).read_text() for name, _value in V1.limits] == ["512", "512"]
    uncounted = folder(tmp_path, "uncounted")
    groups._limit(MemoryGroup(uncounted, V2), 512)
    assert [path.name for path in uncounted.iterdir()] == ["memory.max"]


def test_what_the_kernel_tells_is_read_on_both_versions(tmp_path):
    old = folder(tmp_path, "1", memory__oom_control="oom_kill_disable 0\noom_kill 2\n", memory__stat="rss 1\ntotal_rss 7\n")
    new = folder(tmp_path, "2", memory__events="max 9\noom 3\noom_kill 2\n", memory__stat="anon 7\nfile 1\n")
    for group in (MemoryGroup(old, V1), MemoryGroup(new, V2)):
        assert (group.killed(), group.anonymous()) == (2, 7)


def test_a_command_enters_the_group_before_it_begins(tmp_path):
    command = MemoryGroup(tmp_path, V2).command("portal", "serve")
    assert command[-3:] == [str(tmp_path / "cgroup.procs"), "portal", "serve"]


@pytest.mark.parametrize("unit", UNITS)
def test_the_proof_takes_the_memory_and_the_surroundings_that_the_units_say(unit):
    assert memory_max(unit) == 512 << 20
    assert unit_environment(unit) == {**unit_environment(UNITS[1]), **unit_environment(unit)}
    assert "hugetlb=1" in unit_environment(unit)["GLIBC_TUNABLES"]


@pytest.mark.parametrize("name", NOT_DEPLOYED)
def test_what_the_proof_hides_is_the_tests_and_in_no_deployment(name):
    run, test = ((ROOT / "requirements" / f"{kind}.txt").read_text().splitlines() for kind in ("run", "test"))
    assert not [line for line in run if line.startswith(f"{name}==")]
    assert [line for line in test if line.startswith(f"{name}==")]
