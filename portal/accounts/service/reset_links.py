"""The state that a reset link is stamped with: recovery signs and reads the links, this area owns what they hang on."""

from portal.accounts.models import Person
from portal.kit import clock


def request_reset_link(person: Person) -> None:
    """Note that a reset link is written now: every older one is dead."""
    person.reset_requested_at = clock.now()


def reset_stamp(person: Person) -> str | None:
    """Return the stamp of the one live reset link; None when none is out.

    It dies with a newer link, with any change of the password or the address, and with the account.
    """
    if person.reset_requested_at is None or person.deactivated_at is not None:
        return None
    return "|".join((person.password_set_at.isoformat(), person.reset_requested_at.isoformat(), person.email_key))
