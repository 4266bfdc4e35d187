"""What licences hold of whom: what an organisation bought, and fingerprints that name nobody (P12)."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from portal.kit.claims import (
    DataClaim,
    ExemptWhile,
    Ground,
    Party,
    RetainWhile,
    Subjects,
    Table,
    of_subjects,
    parents,
    personal,
    technical,
)
from portal.kit.i18n import _l
from portal.kit.leaving_packs import INTERNAL, PackPart, PackTable, Shown
from portal.licences import words
from portal.licences.models import Activation, Licence
from portal.organisations.models import Membership


def _own_licences(subjects: Subjects) -> ColumnElement[bool]:
    mine = of_subjects(person=Membership.person_id)(subjects)
    return Licence.organisation_id.in_(parents(Membership.organisation_id, mine, subjects, newest=Membership.joined_at))


_LASTS = RetainWhile(_l("For as long as the product may run by it; a perpetual licence never stops"))

CLAIM = DataClaim(
    area="licences",
    title=_l("Licences"),
    words=words.AREA_WORDS,
    tables=[
        Table(
            Licence,
            what=_l("Licences of organisations you’re in"),
            parties=[
                Party(
                    _own_licences,
                    on_erasure=ExemptWhile(_l("It’s the organisation’s, which goes on using what it bought.")),
                    through="membership",
                )
            ],
            purpose=_l("To let an organisation use what it bought, on as many machines as it bought."),
            ground=Ground.CONTRACT,
            retention=_LASTS,
            never_by_staff=True,
            columns={
                "id": technical(_l("ID")),
                "organisation_id": technical(_l("Organisation")),
                "purchase_id": technical(),
                "product": technical(_l("Product"), words=words.PRODUCTS),
                "plan": technical(_l("Plan"), words=words.PLANS),
                "seats": technical(_l("Seats")),
                "seats_used": technical(_l("Seats in use")),
                "released": technical(_l("Lost machines released")),
                "perpetual": technical(_l("Perpetual")),
                "updates_end_on": technical(_l("Updates until")),
                "granted_at": technical(_l("Granted")),
                "file": personal(
                    _l("The signed file, with the organisation’s name"),
                    withheld=_l("Whoever has it can use the seats. Owners get it on the licence’s own page."),
                ),
                "ended_at": technical(_l("Ended")),
                "ended_because": technical(_l("Why it ended"), words=words.ENDS),
            },
        ),
        Table(
            Activation,
            what=_l("Machines that a licence runs on"),
            purpose=_l("To count seats: a machine is a random-looking number that the product made, and names nobody."),
            ground=Ground.CONTRACT,
            retention=RetainWhile(_l("Until the machine is deactivated")),
            never_by_staff=True,
            columns={
                "id": technical(),
                "licence_id": technical(_l("Licence")),
                "machine": technical(_l("Machine’s number")),
                "activated_at": technical(_l("Activated")),
                "file": technical(_l("The signed file")),
            },
        ),
    ],
)


def _licences(organisation_id: uuid.UUID) -> "Select[*tuple[Any, ...]]":
    theirs = select(Licence.__table__).where(Licence.organisation_id == organisation_id)
    return theirs.order_by(Licence.granted_at, Licence.id)


def _machines(organisation_id: uuid.UUID) -> "Select[*tuple[Any, ...]]":
    return (
        select(Activation.licence_id, Activation.machine, Activation.activated_at, Activation.file)
        .join(Licence, Licence.id == Activation.licence_id)
        .where(Licence.organisation_id == organisation_id)
        .order_by(Activation.activated_at, Activation.id)
    )


IN_PACK = PackPart(
    tables=[
        PackTable(
            "licences",
            Licence,
            what=_l("Licences"),
            purpose=_l("To let an organisation use what it bought, on as many machines as it bought."),
            shows={
                "id": Shown(_l("ID")),
                "product": Shown(_l("Product"), words=words.PRODUCTS),
                "plan": Shown(_l("Plan"), words=words.PLANS),
                "seats": Shown(_l("Seats")),
                "seats_used": Shown(_l("Seats in use")),
                "released": Shown(_l("Lost machines released")),
                "perpetual": Shown(_l("Perpetual")),
                "updates_end_on": Shown(_l("Updates until")),
                "granted_at": Shown(_l("Granted")),
                "ended_at": Shown(_l("Ended")),
                "ended_because": Shown(_l("Why it ended"), words=words.ENDS),
                "file": Shown(_l("The signed file, with the organisation’s name")),
            },
            rows=_licences,
            left_out={"organisation_id": INTERNAL, "purchase_id": _l("It’s an ID at our payment provider.")},
        ),
        PackTable(
            "machines",
            Activation,
            what=_l("Machines that a licence runs on"),
            purpose=_l("To count seats: a machine is a random-looking number that the product made, and names nobody."),
            shows={
                "licence_id": Shown(_l("Licence")),
                "machine": Shown(_l("Machine’s number")),
                "activated_at": Shown(_l("Activated")),
                "file": Shown(_l("The signed file for this machine")),
            },
            rows=_machines,
            left_out={"id": INTERNAL},
        ),
    ]
)
