"""What the communication page composes: one switch for each reason to write first (P15, P27).

The newsletter is a subscription of its own, kept by address; every other switch is a decision about a purpose.
"""

from collections.abc import Mapping

from portal.consent import service as consent
from portal.kit import audit
from portal.kit.actor import Actor
from portal.newsletter import service as newsletter
from portal.privacy import service as privacy

SWITCHES = ("newsletter", "betas", "research", "follow_up", "error_help", "product_improvement")
OFF_UNTIL_CHOSEN = tuple(key for key in SWITCHES if not consent.PURPOSES[key].default)
ON_UNLESS_OBJECTED = tuple(key for key in SWITCHES if consent.PURPOSES[key].default)


def switches_for(actor: Actor) -> dict[str, bool]:
    """Return how each switch stands now."""
    states = consent.purpose_states(actor.require_id())
    return {key: states.get(key, False) for key in SWITCHES} | {"newsletter": newsletter.state_for(actor)}


def set_switches(actor: Actor, *, wanted: Mapping[str, bool]) -> list[str]:
    """Change what differs; return the switches that stay off all the same, because their use is restricted (P27)."""
    person_id = actor.require_id()
    before = switches_for(actor)
    changed = [key for key in SWITCHES if wanted[key] != before[key]]
    for key in changed:
        if key == "newsletter":
            newsletter.join(actor) if wanted[key] else newsletter.leave(actor)
        else:
            choice = consent.Choice.GRANTED if wanted[key] else consent.Choice.OBJECTED
            consent.decide(person_id, purpose=key, choice=choice, mechanism=consent.Mechanism.SETTINGS)
    if changed:
        audit.record("settings.communication_changed", subject_id=person_id, by=person_id, switches=changed)
    if any(not wanted[key] for key in changed):
        privacy.note_used(person_id, right=privacy.Right.OBJECTION)
    after = switches_for(actor)
    return [key for key in changed if wanted[key] and not after[key]]


def purpose_words(key: str) -> str:
    """Return what a switch says under its name: the words whose hash the decision keeps."""
    return " ".join(str(words) for words in consent.PURPOSES[key].words)
