"""What is held of ownership on its way to somebody else."""

from portal.kit.actor import Role
from portal.kit.claims import Ground, Party, RetainFor, Table, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.organisations.models import HandOver

DISABLED = _l("When an account is disabled for a breach of the Terms, what it offered to others ends.")
"""Why seniors may end what somebody offered."""

HAND_OVERS = Table(
    HandOver,
    what=_l("Offers to hand over an organisation to you"),
    parties=[
        Party(of_subjects(person=HandOver.offered_to)),
        Party(
            of_subjects(person=HandOver.offered_by),
            name="offerer",
            what=_l("Your offers to hand over an organisation"),
            shows={
                "organisation_id": _l("Organisation"),
                "offered_by": _l("Your account’s ID"),
                "leaves": _l("You leave once it’s accepted"),
                "offered_at": _l("Offered"),
            },
            withheld=_l("It’s the ID of the person you offered it to."),
        ),
    ],
    purpose=_l("To let ownership pass to someone who agrees."),
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainFor("hand_over", since="offered_at"),
    by_owner=("leaves",),
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
        "offered_by": personal(_l("ID of the account that offered it"), withheld=_l("It’s the Owner’s.")),
        "offered_to": personal(_l("Your account’s ID")),
        "leaves": technical(_l("The Owner leaves once it’s accepted")),
        "offered_at": technical(_l("Offered")),
    },
)
