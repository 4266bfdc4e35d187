"""What organisations hold of whom."""

from sqlalchemy import ColumnElement

from portal.kit.actor import Role
from portal.kit.claims import (
    BlankColumns,
    Chapter,
    DataClaim,
    ExemptWhile,
    Ground,
    Party,
    RetainFor,
    RetainWhile,
    Subjects,
    Table,
    of_subjects,
    parents,
    personal,
    staff_may,
    technical,
)
from portal.kit.i18n import LANGUAGES, _l
from portal.organisations import service, words
from portal.organisations.claim.dissolutions import DISSOLUTION_CALLS, DISSOLUTIONS
from portal.organisations.claim.hand_overs import DISABLED, HAND_OVERS
from portal.organisations.claim.join_requests import JOIN_DOMAINS, JOIN_REQUESTS
from portal.organisations.claim.recoveries import RECOVERIES
from portal.organisations.models import Invitation, Membership, Organisation, OrganisationEntry


def _own_organisations(subjects: Subjects) -> ColumnElement[bool]:
    mine = of_subjects(person=Membership.person_id)(subjects)
    return Organisation.id.in_(parents(Membership.organisation_id, mine, subjects, newest=Membership.joined_at))


_ENDS = _l("When someone joins or leaves our team, what was waiting on their account ends.")
_WORK_TOGETHER = _l("To let people of one organisation work together, and to know who may do what.")

CLAIM = DataClaim(
    area="organisations",
    title=_l("Organisations"),
    chapter=Chapter.YOU,
    words=words.AREA_WORDS,
    blockers=service.blockers,
    production_stays=service.production_stays,
    tables=[
        DISSOLUTIONS,
        RECOVERIES,
        DISSOLUTION_CALLS,
        Table(
            Invitation,
            what=_l("Invitations to an organisation"),
            parties=[
                Party(of_subjects(email=Invitation.email_key, since=Invitation.sent_at)),
                Party(
                    of_subjects(person=Invitation.invited_by),
                    name="inviter",
                    what=_l("Invitations you sent for an organisation"),
                    shows={
                        "organisation_id": _l("Organisation"),
                        "role": _l("Role"),
                        "invited_by": _l("Your account’s ID"),
                        "sent_at": _l("Sent"),
                    },
                    withheld=_l("It’s the email address of whoever you invited."),
                ),
            ],
            purpose=_l("To let whoever is invited join, and nobody else."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainFor("invitation", since="sent_at"),
            by_owner=("email", "role"),
            by_staff=[staff_may(Role.ADMIN, why=_ENDS, deletes=True), staff_may(Role.SENIOR, why=DISABLED, deletes=True)],
            columns={
                "id": technical(),
                "organisation_id": technical(_l("Organisation")),
                "email": personal(_l("Your email address")),
                "email_key": personal(_l("Your email address, in the form we search by")),
                "role": technical(_l("Role"), words=words.ROLES),
                "language": technical(_l("Language"), words=LANGUAGES),
                "invited_by": personal(_l("ID of the account that invited you"), withheld=_l("It’s the inviter’s.")),
                "sent_at": technical(_l("Sent")),
            },
        ),
        HAND_OVERS,
        JOIN_REQUESTS,
        JOIN_DOMAINS,
        Table(
            OrganisationEntry,
            what=_l("What was done to your part in an organisation"),
            parties=[
                Party(
                    of_subjects(person=OrganisationEntry.about_id),
                    on_erasure=BlankColumns(
                        {"about_id": None},
                        _l("The line stays in the organisation’s activity log. Your account’s ID is removed from it."),
                    ),
                ),
                Party(
                    of_subjects(person=OrganisationEntry.by_id),
                    on_erasure=BlankColumns(
                        {"by_id": None},
                        _l("The line stays in the organisation’s activity log. Your account’s ID is removed from it."),
                    ),
                    name="actor",
                    what=_l("What you did in an organisation"),
                    shows={
                        "organisation_id": _l("Organisation"),
                        "at": _l("When"),
                        "deed": _l("What"),
                        "by_id": _l("Your account’s ID"),
                        "role": _l("Role"),
                    },
                    withheld=_l("It’s about someone else in the organisation."),
                ),
            ],
            purpose=_l("So that an organisation can see who changed what."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=RetainFor("organisation_activity", since="at"),
            by_staff=[staff_may(Role.ADMIN, why=_ENDS, adds=True), staff_may(Role.SENIOR, why=DISABLED, adds=True)],
            columns={
                "id": technical(),
                "organisation_id": technical(_l("Organisation")),
                "at": technical(_l("When")),
                "deed": technical(_l("What"), words=words.DEEDS),
                "by_id": personal(_l("ID of the account that did it"), withheld=_l("It’s someone else’s.")),
                "about_id": personal(_l("Your account’s ID")),
                "role": technical(_l("Role"), words=words.ROLES),
            },
        ),
        Table(
            Membership,
            what=_l("Your role in an organisation"),
            parties=[
                Party(of_subjects(person=Membership.person_id)),
                Party(
                    of_subjects(person=Membership.disabled_by),
                    on_erasure=BlankColumns(
                        {"disabled_by": None},
                        _l("The account stays disabled there, for the reason that was given. Your account’s ID is removed."),
                    ),
                    name="disabler",
                    what=_l("Accounts you disabled in an organisation"),
                    shows={
                        "organisation_id": _l("Organisation"),
                        "disabled_at": _l("Disabled"),
                        "disabled_by": _l("Your account’s ID"),
                        "disabled_reason": _l("The reason you gave"),
                    },
                    withheld=_l("It’s about someone else in the organisation."),
                ),
            ],
            purpose=_WORK_TOGETHER,
            ground=Ground.CONTRACT,
            retention=RetainWhile(_l("Until you leave, are removed, or the organisation is dissolved")),
            by_owner=("role", "disabled_reason"),
            never_by_staff=True,
            columns={
                "id": technical(),
                "organisation_id": technical(_l("Organisation")),
                "person_id": personal(_l("Your account’s ID")),
                "role": technical(_l("Role"), words=words.ROLES),
                "joined_at": technical(_l("Joined")),
                "disabled_at": technical(_l("Disabled by an Owner")),
                "disabled_by": personal(_l("ID of the account that disabled yours"), withheld=_l("It’s the Owner’s.")),
                "disabled_reason": personal(_l("Why it’s disabled, in the Owner’s words")),
            },
        ),
        Table(
            Organisation,
            what=_l("Organisations you’re in"),
            parties=[
                Party(
                    _own_organisations,
                    on_erasure=ExemptWhile(_l("It’s the organisation’s, and stays for the others in it.")),
                    through="membership",
                )
            ],
            purpose=_WORK_TOGETHER,
            ground=Ground.CONTRACT,
            retention=RetainWhile(_l("Until the organisation is dissolved")),
            by_owner=("name", "asks_second_factor"),
            never_by_staff=True,
            columns={
                "id": technical(_l("ID")),
                "name": personal(_l("Name of the organisation")),
                "created_at": technical(_l("Created")),
                "dissolved_at": technical(_l("Dissolved")),
                "asks_second_factor": technical(_l("Asks everyone for two-step verification")),
            },
        ),
    ],
)
