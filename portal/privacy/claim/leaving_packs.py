"""What leaving packs hold of whom, and what a pack says of packs."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Person
from portal.kit.actor import Role
from portal.kit.claims import BlankColumns, Ground, Party, RetainFor, Table, of_subjects, personal, staff_may, technical
from portal.kit.files import storage
from portal.kit.i18n import _l
from portal.kit.leaving_packs import INTERNAL, NAMED, PackPart, PackTable, Shown
from portal.privacy import words
from portal.privacy.models import ExportState, LeavingPack


def _delete_files(packs: Sequence[Any]) -> None:
    for pack in packs:
        if pack.file_key:
            storage().delete(pack.file_key)


LEAVING_PACKS = Table(
    LeavingPack,
    what=_l("Leaving packs you asked for"),
    parties=[
        Party(of_subjects(person=LeavingPack.requested_by)),
        Party(
            of_subjects(person=LeavingPack.fetched_by),
            on_erasure=BlankColumns(
                {"fetched_by": None},
                _l("The leaving pack stays with whoever asked for it. Your account’s ID is removed from it."),
            ),
            name="fetcher",
            what=_l("Leaving packs you downloaded"),
            shows={
                "organisation": _l("Name of the organisation"),
                "fetched_at": _l("Last downloaded"),
                "fetched_by": _l("Your account’s ID"),
            },
            withheld=_l("Another Owner asked for it."),
        ),
    ],
    purpose=_l("To give an organisation what it holds."),
    ground=Ground.CONTRACT,
    retention=(
        RetainFor("leaving_pack", since="ready_at"),
        RetainFor("leaving_pack", since="requested_at", where=lambda: LeavingPack.state == ExportState.WAITING),
    ),
    by_staff=[
        staff_may(
            Role.ADMIN,
            why=_l("When someone joins or leaves our team, the leaving packs they asked for are deleted."),
            deletes=True,
        )
    ],
    columns={
        "id": technical(),
        "organisation_id": technical(_l("Organisation")),
        "organisation": technical(_l("Name of the organisation")),
        "requested_by": personal(_l("Your account’s ID")),
        "job_id": technical(),
        "state": technical(_l("State"), words=words.EXPORT_STATES),
        "requested_at": technical(_l("Requested")),
        "ready_at": technical(_l("Ready")),
        "fetched_at": technical(_l("Last downloaded")),
        "fetched_by": personal(_l("ID of the account that downloaded it last"), withheld=_l("It may be another Owner’s.")),
        "ended_at": technical(_l("Organisation dissolved")),
        "secret_hash": technical(),
        "secret_sealed": technical(),
        "file_key": technical(),
        "size": technical(_l("Size in bytes")),
    },
    before_delete=_delete_files,
)


_BY, _FETCHER = aliased(Person), aliased(Person)


def _packs(organisation_id: uuid.UUID) -> "Select[*tuple[Any, ...]]":
    return (
        select(
            LeavingPack.requested_at, _BY.name.label("by"), LeavingPack.ready_at, LeavingPack.fetched_at,
            _FETCHER.name.label("fetcher"),
        )
        .outerjoin(_BY, _BY.id == LeavingPack.requested_by)
        .outerjoin(_FETCHER, _FETCHER.id == LeavingPack.fetched_by)
        .where(LeavingPack.organisation_id == organisation_id)
        .order_by(LeavingPack.requested_at, LeavingPack.id)
    )  # fmt: skip


IN_PACK = PackPart(
    tables=[
        PackTable(
            "leaving_packs",
            LeavingPack,
            what=_l("Leaving packs"),
            purpose=_l("To give an organisation what it holds."),
            shows={
                "requested_at": Shown(_l("Requested")),
                "by": Shown(_l("By"), is_personal=True),
                "ready_at": Shown(_l("Ready")),
                "fetched_at": Shown(_l("Last downloaded")),
                "fetcher": Shown(_l("Downloaded by"), is_personal=True),
            },
            rows=_packs,
            left_out={
                **dict.fromkeys(("id", "organisation_id", "job_id", "file_key"), INTERNAL),
                **dict.fromkeys(("secret_hash", "secret_sealed"), _l("It would help to open a pack.")),
                "requested_by": NAMED,
                "fetched_by": NAMED,
                "organisation": _l("It’s the name of this organisation."),
                "state": _l("The dates say it."),
                "ended_at": _l("It’s empty until the organisation is dissolved."),
                "size": _l("Only this pack’s size matters, and you can see it."),
            },
        )
    ]
)
