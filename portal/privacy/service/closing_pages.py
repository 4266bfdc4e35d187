"""What the page says that comes once an account is closed: whoever reads it is signed out by now."""

from dataclasses import dataclass
from datetime import datetime

from portal.kit import tokens
from portal.kit.periods import period
from portal.kit.refusals import LinkDead

CLOSING_PAGE = tokens.LinkPurpose("privacy.closing_page")


@dataclass(frozen=True)
class Undoable:
    """Until when a deletion can be cancelled, and in which zone its person reads that, who is signed out by now."""

    due_at: datetime
    zone: str


def closing_page_token(due_at: datetime, *, zone: str) -> str:
    """Return what the page after the request carries in its address, since nobody is signed in there any more."""
    return tokens.sign(CLOSING_PAGE, due_at.isoformat(), zone)


def find_closing(token: str) -> Undoable | None:
    """Return what `closing_page_token` says; None when it is forged, or the time to cancel is over."""
    try:
        due_at, zone = tokens.read(CLOSING_PAGE, token, max_age=period("deletion_undo"), count=2)
    except LinkDead:
        return None
    return Undoable(datetime.fromisoformat(due_at), zone)
