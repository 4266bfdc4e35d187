"""What the tests need from the system: find it, install it where we may, or say in one line how to get it.

A missing need is a visible skip on a laptop and a failure when `CI=true`: a build that quietly tests less is a
broken build. Run as a program (`python tests/needs.py`) it installs what is missing on Debian and Ubuntu, if it is
root or may use sudo without a password.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BROWSER_TOOLS = Path(__file__).parent / "browser_tools"
BROWSER_TOOLS_STAMP = BROWSER_TOOLS / "node_modules" / ".installed"


@dataclass(frozen=True)
class Need:
    """One program or library: its name, the setting that overrides the search, where it may be, and where to get it."""

    name: str
    setting: str
    commands: tuple[str, ...]
    debian: str
    mac: str
    files: tuple[str, ...] = ()
    """Where a library may lie that is no command, as patterns."""
    for_tests: bool = True
    """Whether `make test` needs it; if not, `make prove` does."""


NEEDS = {
    need.name: need
    for need in (
        Need(
            name="Chromium",
            setting="CHROMIUM",
            commands=(
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
                "/Applications/Chromium.app/Contents/MacOS/Chromium",
                "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            ),
            debian="chromium",
            mac="brew install --cask chromium",
        ),
        Need(
            name="Redis",
            setting="REDIS_SERVER",
            commands=("redis-server", "valkey-server"),
            debian="redis-server",
            mac="brew install redis",
        ),
        Need(name="Node", setting="NODE", commands=("node", "nodejs"), debian="nodejs", mac="brew install node"),
        Need(name="npm", setting="NPM", commands=("npm",), debian="npm", mac="brew install node"),
        Need(
            name="libfaketime",
            setting="LIBFAKETIME",
            commands=(),
            files=("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1"),
            debian="faketime",
            mac="it cannot be installed on macOS, whose programs take no library before their own",
            for_tests=False,
        ),
        Need(
            name="nginx",
            setting="NGINX",
            commands=("nginx", "/usr/sbin/nginx"),
            debian="nginx-light",
            mac="brew install nginx",
            for_tests=False,
        ),
    )
}


def find(name: str) -> str | None:
    """Find one needed program and return its path, or None."""
    need = NEEDS[name]
    given = os.environ.get(need.setting)
    if need.files:
        patterns = filter(None, (given, *need.files))
        return next((str(path) for pattern in patterns for path in sorted(Path("/").glob(pattern.lstrip("/")))), None)
    for command in filter(None, (given, *need.commands)):
        found = shutil.which(command)
        if found:
            return found
    return None


def how_to_get(name: str) -> str:
    """Say in one line how to get a needed program."""
    need = NEEDS[name]
    if sys.platform == "darwin":
        return f"{name} is missing: {need.mac}"
    return f"{name} is missing: apt-get install {need.debian} (or set {need.setting} to where it is)"


def in_ci() -> bool:
    """Tell whether a missing need must fail the run."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def give_up(reason: str) -> None:
    """Skip the running test on a laptop, fail it in CI."""
    import pytest  # here, because this file also runs before pytest is installed

    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require(name: str) -> str:
    """Return the path of a needed program; without it skip on a laptop and fail in CI."""
    found = find(name)
    if found is None:
        give_up(how_to_get(name))
    assert found is not None
    return found


def require_browser_tools() -> Path:
    """Return the folder with axe-core and html-validate; without it skip on a laptop and fail in CI."""
    if not BROWSER_TOOLS_STAMP.exists():
        give_up("the browser tools from npm are missing: make needs")
    return BROWSER_TOOLS / "node_modules"


def _as_root() -> list[str] | None:
    """Return the prefix that gives root's rights without asking for a password, or None."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    return None


def install(names: list[str]) -> None:
    """Install missing programs with Debian's package manager, where there is one and we may."""
    prefix = _as_root()
    if shutil.which("apt-get") is None or prefix is None:
        return
    packages = sorted({NEEDS[name].debian for name in names})
    print(f"Installing {', '.join(packages)} with apt-get …", flush=True)
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *step], capture_output=True, text=True)
        if done.returncode != 0:
            print(done.stderr.strip()[-600:], file=sys.stderr)
            return


def install_browser_tools() -> bool:
    """Install the locked npm packages, unless those of this very lock are there. Return whether they are there now."""
    lock = BROWSER_TOOLS / "package-lock.json"
    if BROWSER_TOOLS_STAMP.exists() and BROWSER_TOOLS_STAMP.stat().st_mtime >= lock.stat().st_mtime:
        return True
    npm = find("npm")
    if npm is None:
        return False
    print("Installing the browser tools with npm …", flush=True)
    done = subprocess.run([npm, "ci", "--silent"], cwd=BROWSER_TOOLS, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        BROWSER_TOOLS_STAMP.touch()
    return done.returncode == 0


def main() -> int:
    """Find every need, install what is missing where we may, and name the rest. In CI the rest is a failure."""
    missing = [name for name, need in NEEDS.items() if need.for_tests and find(name) is None]
    if missing:
        install(missing)
    problems = [how_to_get(name) for name in missing if find(name) is None]
    if not install_browser_tools():
        problems.append("The browser tools are missing: npm ci in tests/browser_tools failed or found no npm")
    for problem in problems:
        print(problem)
    return 1 if problems and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
