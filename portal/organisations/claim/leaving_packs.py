"""What a leaving pack holds of an organisation: what its Owners see, by the one list of who sees what."""

import uuid
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from portal.accounts.models import Person, TotpFactor
from portal.kit.i18n import _l
from portal.kit.leaving_packs import INTERNAL, NAMED, LeftOut, PackPart, PackTable, Shown
from portal.organisations import words
from portal.organisations.models import (
    Dissolution,
    DissolutionCall,
    HandOver,
    Invitation,
    JoinDomain,
    JoinRequest,
    Membership,
    Organisation,
    OrganisationEntry,
    Recovery,
)

Rows = Select[*tuple[Any, ...]]
_BY, _ABOUT = aliased(Person), aliased(Person)
_IDS = dict.fromkeys(("id", "organisation_id"), INTERNAL)
_WORK_TOGETHER = _l("To let people of one organisation work together, and to know who may do what.")


def _organisation(organisation_id: uuid.UUID) -> Rows:
    shown = Organisation.id, Organisation.name, Organisation.created_at, Organisation.asks_second_factor
    return select(*shown).where(Organisation.id == organisation_id)


def _members(organisation_id: uuid.UUID) -> Rows:
    has_factor = exists().where(TotpFactor.person_id == Person.id).correlate(Person).label("has_second_factor")
    return (
        select(
            Person.name, Person.email, Membership.role, Membership.joined_at, has_factor,
            Membership.disabled_at, _BY.name.label("disabler"), Membership.disabled_reason,
        )
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(_BY, _BY.id == Membership.disabled_by)
        .where(Membership.organisation_id == organisation_id)
        .order_by(Membership.joined_at, Membership.id)
    )  # fmt: skip


def _activity(organisation_id: uuid.UUID) -> Rows:
    entry = OrganisationEntry
    return (
        select(entry.at, entry.deed, _BY.name.label("by"), _ABOUT.name.label("about"), entry.role)
        .outerjoin(_BY, _BY.id == entry.by_id)
        .outerjoin(_ABOUT, _ABOUT.id == entry.about_id)
        .where(entry.organisation_id == organisation_id)
        .order_by(entry.at, entry.id)
    )


def _invitations(organisation_id: uuid.UUID) -> Rows:
    return (
        select(Invitation.email, Invitation.role, _BY.name.label("by"), Invitation.sent_at)
        .outerjoin(_BY, _BY.id == Invitation.invited_by)
        .where(Invitation.organisation_id == organisation_id)
        .order_by(Invitation.sent_at, Invitation.id)
    )


def _hand_overs(organisation_id: uuid.UUID) -> Rows:
    return (
        select(_BY.name.label("by"), _ABOUT.name.label("to"), HandOver.leaves, HandOver.offered_at)
        .outerjoin(_BY, _BY.id == HandOver.offered_by)
        .outerjoin(_ABOUT, _ABOUT.id == HandOver.offered_to)
        .where(HandOver.organisation_id == organisation_id)
        .order_by(HandOver.offered_at, HandOver.id)
    )


def _dissolutions(organisation_id: uuid.UUID) -> Rows:
    return (
        select(Dissolution.requested_at, _BY.name.label("by"), Dissolution.due_at, Dissolution.reminders)
        .outerjoin(_BY, _BY.id == Dissolution.requested_by)
        .where(Dissolution.organisation_id == organisation_id)
    )


def _recoveries(organisation_id: uuid.UUID) -> Rows:
    return (
        select(Recovery.requested_at, _BY.name.label("by"), Recovery.due_at, Recovery.reminders)
        .outerjoin(_BY, _BY.id == Recovery.person_id)
        .where(Recovery.organisation_id == organisation_id)
    )


def _join_requests(organisation_id: uuid.UUID) -> Rows:
    return (
        select(Person.name, Person.email, JoinRequest.requested_at)
        .join(Person, Person.id == JoinRequest.person_id)
        .where(JoinRequest.organisation_id == organisation_id)
        .order_by(JoinRequest.requested_at, JoinRequest.id)
    )


def _join_domains(organisation_id: uuid.UUID) -> Rows:
    return (
        select(JoinDomain.domain, _BY.name.label("by"), JoinDomain.opened_at)
        .outerjoin(_BY, _BY.id == JoinDomain.opened_by)
        .where(JoinDomain.organisation_id == organisation_id)
        .order_by(JoinDomain.opened_at, JoinDomain.id)
    )


_NAME, _EMAIL = Shown(_l("Name"), is_personal=True), Shown(_l("Email address"), is_personal=True)
_DID, _WHOM = Shown(_l("By"), is_personal=True), Shown(_l("Whom it concerns"), is_personal=True)
_ROLE = Shown(_l("Role"), words=words.ROLES)

IN_PACK = PackPart(
    tables=[
        PackTable(
            "organisation",
            Organisation,
            what=_l("The organisation"),
            purpose=_WORK_TOGETHER,
            shows={
                "id": Shown(_l("ID")),
                "name": Shown(_l("Name of the organisation")),
                "created_at": Shown(_l("Created")),
                "asks_second_factor": Shown(_l("Asks everyone for two-step verification")),
            },
            rows=_organisation,
            left_out={"dissolved_at": _l("It’s empty until the organisation is dissolved.")},
        ),
        PackTable(
            "members",
            Membership,
            what=_l("People in the organisation"),
            purpose=_WORK_TOGETHER,
            shows={
                "name": _NAME,
                "email": _EMAIL,
                "role": _ROLE,
                "joined_at": Shown(_l("Joined")),
                "has_second_factor": Shown(_l("Two-step verification"), is_personal=True),
                "disabled_at": Shown(_l("Disabled by an Owner")),
                "disabler": Shown(_l("Disabled by"), is_personal=True),
                "disabled_reason": Shown(_l("Why it’s disabled, in the Owner’s words"), is_personal=True),
            },
            rows=_members,
            left_out={**_IDS, "person_id": NAMED, "disabled_by": NAMED},
        ),
        PackTable(
            "invitations",
            Invitation,
            what=_l("Open invitations"),
            purpose=_l("To let whoever is invited join, and nobody else."),
            shows={"email": _EMAIL, "role": _ROLE, "by": _DID, "sent_at": Shown(_l("Sent"))},
            rows=_invitations,
            left_out={
                **_IDS,
                "email_key": _l("It’s the email address, in the form we search by."),
                "language": _l("It’s the language of the person who is invited."),
                "invited_by": NAMED,
            },
        ),
        PackTable(
            "join_requests",
            JoinRequest,
            what=_l("Requests to join"),
            purpose=_l("So that an Owner can decide who joins."),
            shows={"name": _NAME, "email": _EMAIL, "requested_at": Shown(_l("Requested"))},
            rows=_join_requests,
            left_out={**_IDS, "person_id": NAMED},
        ),
        PackTable(
            "join_domains",
            JoinDomain,
            what=_l("Domains whose people may ask to join"),
            purpose=_l("So that an Owner can decide who joins."),
            shows={"domain": Shown(_l("Domain")), "by": _DID, "opened_at": Shown(_l("Since"))},
            rows=_join_domains,
            left_out={**_IDS, "opened_by": NAMED},
        ),
        PackTable(
            "hand_overs",
            HandOver,
            what=_l("Open offers to hand over ownership"),
            purpose=_l("To let ownership pass to someone who agrees."),
            shows={
                "by": _DID,
                "to": Shown(_l("To"), is_personal=True),
                "leaves": Shown(_l("Leaves the organisation afterwards")),
                "offered_at": Shown(_l("Offered")),
            },
            rows=_hand_overs,
            left_out={**_IDS, "offered_by": NAMED, "offered_to": NAMED},
        ),
        PackTable(
            "dissolutions",
            Dissolution,
            what=_l("Requests to dissolve the organisation"),
            purpose=_l("So that an organisation doesn’t end unseen."),
            shows={
                "requested_at": Shown(_l("Requested")),
                "by": _DID,
                "due_at": Shown(_l("Due")),
                "reminders": Shown(_l("Number of reminders")),
            },
            rows=_dissolutions,
            left_out={**_IDS, "requested_by": NAMED},
        ),
        PackTable(
            "recoveries",
            Recovery,
            what=_l("Requests to become an Owner"),
            purpose=_l("So that an organisation isn’t left without an Owner."),
            shows={
                "requested_at": Shown(_l("Requested")),
                "by": _DID,
                "due_at": Shown(_l("Due")),
                "reminders": Shown(_l("Number of reminders")),
            },
            rows=_recoveries,
            left_out={**_IDS, "person_id": NAMED},
        ),
        PackTable(
            "activity",
            OrganisationEntry,
            what=_l("Activity in the organisation"),
            purpose=_l("So that an organisation can see who changed what."),
            shows={
                "at": Shown(_l("When")),
                "deed": Shown(_l("What"), words=words.DEEDS),
                "by": _DID,
                "about": _WHOM,
                "role": _ROLE,
            },
            rows=_activity,
            left_out={**_IDS, "by_id": NAMED, "about_id": NAMED},
        ),
    ],
    left_out=[
        LeftOut(DissolutionCall, _l("It begins when the organisation is dissolved: until then there is none.")),
    ],
)
