"""Disabling an account for a breach of the Terms: one senior proposes, another confirms or declines (P38).

Nobody does it alone, and each step asks again who is a senior. Lifting it takes one: it gives back what was taken, and
whoever is wrongly shut out waits for nobody more than needed.
"""

import uuid

from sqlalchemy import select

from portal.accounts import service as accounts
from portal.accounts.models import Person
from portal.disabling import mail
from portal.disabling.models import Disabling, DisablingState, Rule
from portal.kit import audit, clock
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.products import service as products

OPEN = (DisablingState.PROPOSED, DisablingState.IN_FORCE)


class NoSuchAccount(Refusal):
    """No open account has this address."""


class OneOfUs(Refusal):
    """Whoever is on our team loses that role first, by an administrator."""


class OpenAlready(Refusal):
    """This account is disabled, or proposed to be."""


class OwnProposal(Refusal):
    """Whoever proposed it never decides it too."""


class ProposerNoLongerSenior(Refusal):
    """Whoever proposed it is no senior any more: it takes two."""


class OverAlready(Refusal):
    """It was decided, lifted or answered before."""


@for_staff(Role.SENIOR)
def propose(email: str, *, rule: Rule, reason: str, by: Staff) -> uuid.UUID:
    """Propose to disable an account, for a rule of the Terms and a reason; return the proposal's id. Nothing happens yet.

    Raises NoSuchAccount, OneOfUs and OpenAlready.
    """
    found = accounts.find_by_email(email)
    if found is None:
        raise NoSuchAccount
    person = _lock_customer(found.id)
    open_one = select(Disabling.id).where(Disabling.person_id == person.id, Disabling.state.in_(OPEN))
    if db.session.scalar(open_one) is not None:
        raise OpenAlready
    disabling = Disabling(id=uuid.uuid4(), person_id=person.id, rule=rule, reason=reason, proposed_by=by.person_id)
    db.session.add(disabling)
    audit.record("disabling.proposed", subject_id=person.id, by=by.person_id, rule=rule)
    return disabling.id


def _lock_customer(person_id: uuid.UUID) -> Person:
    person = accounts.lock_person(person_id)
    if person.deactivated_at is not None:
        raise NoSuchAccount
    if accounts.is_staff(person_id):
        raise OneOfUs
    return person


@for_staff(Role.SENIOR)
def confirm(disabling_id: uuid.UUID, *, by: Staff) -> None:
    """Disable the account that another senior has proposed: every session ends, its person and our products are told.

    Raises NotFound, OverAlready, OwnProposal, ProposerNoLongerSenior, NoSuchAccount and OneOfUs.
    """
    disabling = lock(disabling_id)
    if disabling.state is not DisablingState.PROPOSED:
        raise OverAlready
    if disabling.proposed_by == by.person_id:
        raise OwnProposal
    if disabling.proposed_by is None or not accounts.is_staff(disabling.proposed_by, Role.SENIOR):
        raise ProposerNoLongerSenior
    _lock_customer(disabling.person_id)
    disabling.state, disabling.decided_by, disabling.decided_at = DisablingState.IN_FORCE, by.person_id, clock.now()
    person = accounts.disable(disabling.person_id, by=by.person_id)
    products.tell_disabled(person.id)
    audit.record("disabling.confirmed", subject_id=person.id, by=by.person_id, rule=disabling.rule)
    mail.disabled(disabling, to=person)


@for_staff(Role.SENIOR)
def decline(disabling_id: uuid.UUID, *, by: Staff) -> None:
    """Decide not to disable an account; whoever proposed it may take that back. Raises NotFound and OverAlready."""
    disabling = lock(disabling_id)
    if disabling.state is not DisablingState.PROPOSED:
        raise OverAlready
    disabling.state, disabling.decided_by, disabling.decided_at = DisablingState.DECLINED, by.person_id, clock.now()
    disabling.ended_at = clock.now()
    audit.record("disabling.declined", subject_id=disabling.person_id, by=by.person_id, rule=disabling.rule)


def lock(disabling_id: uuid.UUID) -> Disabling:
    """Return one as the database holds it now, with its person locked before it. Raises NotFound."""
    person_id = db.session.scalar(select(Disabling.person_id).where(Disabling.id == disabling_id))
    if person_id is None:
        raise NotFound
    accounts.lock_person(person_id)
    found = db.lock(Disabling, disabling_id)
    if found is None:
        raise NotFound
    return found
