"""The state that a reset link is stamped with: recovery signs and reads the links, this area owns what they hang on."""

from datetime import datetime

from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.periods import period


def request_reset_link(person: Person) -> None:
    """Note that a reset link is written now: every older one is dead."""
    person.reset_requested_at = clock.now()


def renew_reset_link(person: Person) -> datetime:
    """Return when the live reset link was written: the one that is out, if it has not been used and half its life is left.

    Whoever asks again gets the same one: a stranger who asks too does not kill the link that its owner is about to use.
    """
    requested_at = person.reset_requested_at
    is_unused = requested_at is not None and requested_at > person.password_set_at
    if requested_at is None or not is_unused or clock.now() - requested_at > period("reset_link") / 2:
        request_reset_link(person)
    return person.reset_requested_at or clock.now()


def reset_stamp(person: Person) -> str | None:
    """Return the stamp of the one live reset link; None when none is out.

    It dies with a newer link, with any change of the password or the address, and with the account.
    """
    if person.reset_requested_at is None or person.deactivated_at is not None:
        return None
    return "|".join((person.password_set_at.isoformat(), person.reset_requested_at.isoformat(), person.email_key))
