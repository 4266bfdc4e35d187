"""What is installed is pinned, hashed, and free of addresses."""

import json
import re
import subprocess
import tomllib

import pytest

from tests.rules.source import ROOT

RUN = ROOT / "requirements" / "run.txt"
TEST = ROOT / "requirements" / "test.txt"
NPM_LOCKS = sorted(path for path in ROOT.glob("*/*/package-lock.json") if "node_modules" not in path.parts)
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)(\[[a-z,]+\])?==(?P<version>\S+)(?P<when> ; .+?)? \\$")
REGISTRY = re.compile(
    r"(?<!no-emit-)index-url|find-links|https?://(registry|files|deb)\.\S+|https?://\S+/simple\b", re.IGNORECASE
)
"""How a registry is named: by an option that points to one, or by the usual form of its address."""


def pins(lock) -> dict[str, set[str]]:
    """Return the versions that a lock holds of each package."""
    found: dict[str, set[str]] = {}
    for line in lock.read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            match = PIN.match(line)
            assert match, f"{lock.name}: {line!r} is no pin that is followed by hashes"
            found.setdefault(match["name"], set()).add(match["version"])
    assert len(found) > 20
    return found


def normal(requirement: str) -> str:
    """Return the name in a requirement as locks write it."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match
    return re.sub(r"[-_.]+", "-", match[0]).lower()


@pytest.mark.parametrize("lock", [RUN, TEST], ids=["run", "test"])
def test_every_pin_carries_hashes_and_nothing_names_a_registry(lock):
    blocks = re.split(r"\n(?=[a-z])", lock.read_text())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert REGISTRY.search(lock.read_text()) is None


def test_the_tests_run_on_the_very_releases_that_serve():
    run, test = pins(RUN), pins(TEST)
    assert {name: versions for name, versions in run.items() if test.get(name) != versions} == {}


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = {normal(requirement) for requirement in project["project"]["dependencies"]}
    tools = {normal(requirement) for requirement in project["dependency-groups"]["test"]}
    assert needed - set(pins(RUN)) == set()
    assert tools - set(pins(TEST)) == set()


def test_npm_locks_hold_hashes_and_no_addresses():
    assert NPM_LOCKS
    for lock in NPM_LOCKS:
        packages = {name: package for name, package in json.loads(lock.read_text())["packages"].items() if name}
        assert packages
        assert [name for name, package in packages.items() if "resolved" in package] == []
        assert [name for name, package in packages.items() if not package.get("integrity")] == []


def test_no_file_names_a_registry_by_its_host():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "Makefile" in listed
    text = {".py", ".txt", ".toml", ".json", ".cfg", ".yml", ".yaml", ".sh", ".npmrc", ""}
    files = [ROOT / name for name in listed if (ROOT / name).suffix in text and (ROOT / name).is_file()]
    own_words = {ROOT / "tests" / "rules" / "test_locks.py"}
    assert [str(path) for path in files if path not in own_words and REGISTRY.search(path.read_text(errors="ignore"))] == []
