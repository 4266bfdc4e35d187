"""The portal on its machine, looked after by the steps of deploy/README.md.

The steps are read from the manual and its commands are run: the files by a shell, `systemctl restart` as what the unit
starts, `portal` as the command itself.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from portal import cli
from portal.app import create_app
from portal.jobs import worker
from portal.kit import keys
from tests.conftest import Outbox, Visitor, changed_settings
from tests.rules.source import ROOT

MANUAL = (ROOT / "deploy" / "README.md").read_text().partition("## Changing the secret key\n")[2].partition("\n## ")[0]
UNIT = (ROOT / "deploy" / "portal.service").read_text()
SECRETS = "/etc/portal/secrets"


def steps() -> dict[int, list[str]]:
    """Return the numbered steps of the manual, each with its commands."""
    found = re.split(r"^(\d)\. ", MANUAL, flags=re.MULTILINE)[1:]
    numbered = dict(zip(map(int, found[::2]), found[1::2], strict=True))
    return {
        number: [
            line.strip() for block in re.findall(r"```sh\n(.*?)```", words, re.DOTALL) for line in block.splitlines() if line
        ]
        for number, words in numbered.items()
    }


@dataclass
class Machine:
    """The portal on its machine: its file of keys, and the processes that have read it."""

    app: Flask
    folder: Path
    patch: pytest.MonkeyPatch
    browsers: list[Visitor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.file = self.folder / "secret_keys"
        self.file.write_text(self.app.extensions["portal.settings"].secret_keys[0].get_secret_value() + "\n")
        self.file.chmod(0o640)
        stand_in = self.folder / "bin" / "chgrp"
        stand_in.parent.mkdir()
        stand_in.write_text("#!/bin/sh\nexit 0\n")
        stand_in.chmod(0o755)

    @property
    def keys(self) -> list[str]:
        """What stands in the file."""
        return self.file.read_text().strip().split(",")

    def id_of(self, place: int) -> str:
        """Return the id of a key of the file."""
        return keys.key_id(self.keys[place])

    def restart(self) -> None:
        """Start the portal as its unit does: migrate, then serve, with the keys that the file holds now."""
        assert "ExecStartPre=/opt/portal/.venv/bin/portal db upgrade" in UNIT
        old = self.app.extensions["portal.settings"]
        self.app = create_app(changed_settings(old, secret_keys=",".join(self.keys), ga_measurement_id="G-TEST123456"))
        self.upgraded = self.command("db", "upgrade")
        assert self.upgraded.exit_code == 0, self.upgraded.output
        for browser in self.browsers:
            browser.client.application = self.app

    def browser(self) -> Visitor:
        """Open a browser that stays open while the portal restarts."""
        self.browsers.append(Visitor(self.app))
        return self.browsers[-1]

    def command(self, *arguments: str) -> Result:
        """Run a command of the portal."""
        self.patch.setattr(cli, "load", lambda: None)
        self.patch.setattr(cli, "create_app", lambda _settings: self.app)
        return CliRunner().invoke(cli.main, arguments)

    def do(self, step: int) -> Result | None:
        """Do a step of the manual; return how its last command of the portal ended."""
        ended = None
        for line in steps()[step]:
            if line.startswith("portal "):
                ended = self.command(*line.split()[1:])
            elif line == "systemctl restart portal":
                self.restart()
            else:
                path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
                subprocess.run(["sh", "-ec", line.replace(SECRETS, str(self.folder))], check=True, env={"PATH": path})
        return ended

    def run_jobs(self) -> int:
        """Run all background work that is due."""
        with self.app.app_context():
            return worker.drain()

    @property
    def outbox(self) -> Outbox:
        """The emails that left."""
        return Outbox(self.app, self.run_jobs)

    def check(self) -> tuple[bool, str]:
        """Look at the promises, and return what the check of sealed values says."""
        rows = json.loads(self.command("promises", "check", "--json").stdout)
        (row,) = [row for row in rows if row["check"] == "every_seal_opens"]
        return row["ok"], row["detail"]
