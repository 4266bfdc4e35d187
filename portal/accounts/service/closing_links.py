"""The links that undo the deletion of an account: sign-in and privacy write them, privacy reads them; here stands what
they hang on.
"""

from portal.accounts.models import Person
from portal.kit import tokens
from portal.kit.refusals import LinkDead

UNDO_DELETION = tokens.LinkPurpose("undo_deletion")


def undo_deletion_token(person: Person) -> str:
    """Return the token of a link that opens a closed account again. Raises LinkDead for one that is open."""
    stamp = closing_stamp(person)
    if stamp is None:
        raise LinkDead
    return tokens.sign(UNDO_DELETION, str(person.id), stamp=stamp)


def closing_stamp(person: Person) -> str | None:
    """Return the stamp of this closing of the account, None while it is open: a link dies when it opens or closes anew."""
    return person.deactivated_at.isoformat() if person.deactivated_at else None
