"""What a folder of the portal gives the house: one `Area`, which app.py names. Nothing is imported for its side effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import click
from flask import Blueprint

from portal.kit import staff_reads
from portal.kit.checks import Check
from portal.kit.claims import DataClaim
from portal.kit.events import Event, Handler
from portal.kit.i18n import _l
from portal.kit.job_kinds import JobKind
from portal.kit.lasting import Lasting
from portal.kit.leaving_packs import LeftOut, PackPart
from portal.kit.own_claim import CLAIM
from portal.kit.visibility import Visible


@dataclass(frozen=True)
class Area:
    """One folder: its pages, the data it holds, the promises it keeps, its work, what it hears of and its commands.

    `claim` is never left out: an area that holds nothing says so. `events` are facts of lower areas with what is done
    about each. `lasting` are purposes of links and hashes that outlive the secret
    which made them. `visible` is what others in an organisation see of a person, `in_pack` what an organisation's leaving
    pack holds of the area. `development_blueprint` is served on a
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
    in_pack: PackPart | None = None
    events: Mapping[type[Event], Sequence[Handler]] = field(default_factory=dict)
    commands: Sequence[click.Command] = ()


IN_PACK = PackPart(
    left_out=[
        LeftOut(
            staff_reads.StaffRead,
            _l("Our team opens nothing that is an organisation’s own. What they open of a person is shown to that person."),
        )
    ]
)
AREA = Area(name="kit", claim=CLAIM, in_pack=IN_PACK)
