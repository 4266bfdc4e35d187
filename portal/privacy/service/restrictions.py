"""Restricting every use of one's data, and lifting that: in force at once (P27)."""

from datetime import datetime

from portal.consent import service as consent
from portal.kit import audit
from portal.kit.actor import Actor
from portal.privacy.models import Right
from portal.privacy.service.requests import at_once


def restricted_since(actor: Actor) -> datetime | None:
    """Return since when every use of the actor's data is restricted; None while it is not."""
    return consent.find_restriction(actor.require_id())


def restrict(actor: Actor) -> None:
    """Restrict every use of the actor's data. Again changes nothing."""
    if restricted_since(actor) is None:
        _decide(actor, consent.Choice.RESTRICTED)
        audit.record("privacy.use_restricted", subject_id=actor.person_id, by=actor.person_id)
        at_once.note_used(actor.require_id(), right=Right.RESTRICTION)


def lift_restriction(actor: Actor) -> None:
    """Lift the actor's restriction: each purpose stands again as they chose it. Again changes nothing."""
    if restricted_since(actor) is not None:
        _decide(actor, consent.Choice.LIFTED)
        audit.record("privacy.restriction_lifted", subject_id=actor.person_id, by=actor.person_id)


def _decide(actor: Actor, choice: consent.Choice) -> None:
    person_id, mechanism = actor.require_id(), consent.Mechanism.SETTINGS
    consent.decide(person_id, purpose=consent.EVERYTHING, choice=choice, mechanism=mechanism)
