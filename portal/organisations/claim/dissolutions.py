"""What is held of organisations that are to be dissolved, and of those that were, until our products have confirmed."""

from collections.abc import Mapping
from typing import Any

from portal.kit.actor import Role
from portal.kit.claims import Ground, Party, RetainWhile, Table, Words, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.organisations.claim.hand_overs import DISABLED
from portal.organisations.models import Dissolution, DissolutionCall
from portal.products import service as products


def _titles(_row: Mapping[str, Any]) -> Words:
    return {name: system.title for name, system in products.systems().items()}


DISSOLUTIONS = Table(
    Dissolution,
    what=_l("Organisations that you asked to dissolve"),
    parties=[Party(of_subjects(person=Dissolution.requested_by))],
    purpose=_l("To dissolve an organisation only after everyone in it was told, and while an Owner still wants it."),
    ground=Ground.CONTRACT,
    retention=RetainWhile(_l("Until the organisation is dissolved, or an Owner keeps it")),
    by_staff=[
        staff_may(
            Role.ADMIN,
            why=_l("When someone joins or leaves our team, what was waiting on their account ends."),
            deletes=True,
        ),
        staff_may(Role.SENIOR, why=DISABLED, deletes=True),
    ],
    columns={
        "id": technical(),
        "organisation_id": technical(_l("Organisation")),
        "requested_by": personal(_l("Your account’s ID")),
        "requested_at": technical(_l("Requested")),
        "due_at": technical(_l("When it’s dissolved")),
        "reminders": technical(_l("Reminders sent")),
    },
)
DISSOLUTION_CALLS = Table(
    DissolutionCall,
    what=_l("Products that are to delete the data of an organisation you dissolved"),
    parties=[Party(of_subjects(person=DissolutionCall.by_id))],
    purpose=_l("To tell you when our products have deleted the data of an organisation you dissolved."),
    ground=Ground.CONTRACT,
    retention=RetainWhile(_l("Until every product has confirmed")),
    by_staff=[
        staff_may(
            Role.PRIVACY,
            why=_l("Our privacy officer can note that a product has confirmed."),
            changes=("confirmed_at",),
            deletes=True,
        ),
    ],
    columns={
        "call_id": technical(),
        "organisation_id": technical(_l("Organisation")),
        "name": personal(_l("Name of the organisation")),
        "by_id": personal(_l("Your account’s ID")),
        "product": technical(_l("Product"), row_words=_titles),
        "asked_at": technical(_l("Requested")),
        "confirmed_at": technical(_l("Confirmed")),
        "named_at": technical(_l("When we told you it’s late")),
    },
)
