"""What a folder of the portal gives the house: one `Area`, which app.py names. Nothing is imported for its side effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click
from flask import Blueprint

from portal.kit.checks import Check
from portal.kit.claims import DataClaim
from portal.kit.events import Event, Handler
from portal.kit.job_kinds import JobKind
from portal.kit.lasting import Lasting
from portal.kit.own_claim import CLAIM
from portal.kit.visibility import Visible


@dataclass(frozen=True)
class Area:
    """One folder: its pages, the data it holds, the promises it keeps, its work, what it hears of and its commands.

    `claim` is never left out: an area that holds nothing says so. `events` are facts of lower areas with what is done
    about each. `lasting` are purposes of links and hashes that outlive the secret
    which made them. `visible` is what others in an organisation see of a person. `development_blueprint` is served on a
    developer's machine only.
    """

    name: str
    claim: DataClaim
    blueprint: Blueprint | None = None
    development_blueprint: Blueprint | None = None
    checks: Sequence[Check] = ()
    jobs: Sequence[JobKind] = ()
    lasting: Sequence[Lasting] = ()
    visible: Sequence[Visible] = ()
    events: Mapping[type[Event], Sequence[Handler]] = field(default_factory=dict)
    commands: Sequence[click.Command] = ()


AREA = Area(name="kit", claim=CLAIM)
