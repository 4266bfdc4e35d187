"""What is held of people who ask to join, and of the domains whose people may."""

from portal.kit.actor import Role
from portal.kit.claims import Ground, Party, RetainFor, RetainWhile, Table, of_subjects, personal, staff_may, technical
from portal.kit.i18n import _l
from portal.organisations.claim.hand_overs import DISABLED
from portal.organisations.models import JoinDomain, JoinRequest

JOIN_REQUESTS = Table(
    JoinRequest,
    what=_l("Your requests to join an organisation"),
    parties=[Party(of_subjects(person=JoinRequest.person_id))],
    purpose=_l("So that an Owner can decide whether you join."),
    ground=Ground.CONTRACT,
    retention=RetainFor("join_request", since="requested_at"),
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
        "person_id": personal(_l("Your account’s ID")),
        "requested_at": technical(_l("Asked")),
    },
)
JOIN_DOMAINS = Table(
    JoinDomain,
    what=_l("Domains whose people you let ask to join"),
    parties=[Party(of_subjects(person=JoinDomain.opened_by))],
    purpose=_l("To let colleagues find the organisation and ask to join."),
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainWhile(_l("Until an Owner no longer lets them ask, or the organisation is dissolved")),
    by_owner=("domain",),
    never_by_staff=True,
    columns={
        "id": technical(),
        "organisation_id": technical(_l("Organisation")),
        "domain": personal(_l("Domain of your email address")),
        "opened_by": personal(_l("Your account’s ID")),
        "opened_at": technical(_l("Allowed since")),
    },
)
