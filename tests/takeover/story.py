"""One account in two hands: what its owner and a thief know and hold, and what either may do to it.

The owner is who holds the mailbox that was the account's before; the thief is who has the password and a fresh session.
A story is plain data: it is copied where the tree of stories branches.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.takeover.colleagues import Workplace

OWN = "ada@example.com"
THEIRS = "thief@example.com"
FIRST_PASSWORD = "ada keeps nine blue looms"
OWNERS_PASSWORDS = ("seven green bobbins in a drawer", "eight brass thimbles by the sea", "nine other looms at noon")
THIEFS_PASSWORD = "somebody else’s words in a row"


@dataclass(frozen=True)
class Email:
    """An email as it lies in a mailbox: what kind it is, and the paths of its links."""

    kind: str
    links: tuple[str, ...]

    def link(self, part: str) -> str | None:
        """Return the path of the first link that holds `part`."""
        return next((path for path in self.links if part in path), None)


@dataclass
class Person:
    """What somebody holds: passwords that they know, the newest last, sessions, the key of a factor, marks of a browser."""

    mailbox: str
    passwords: list[str]
    sessions: list[str] = field(default_factory=list)
    factor: str | None = None
    codes: list[str] = field(default_factory=list)
    """Recovery codes that were shown to them."""
    marks: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Links that were shown to them on a page, and in no email."""


@dataclass
class Story:
    """One account, its owner and a thief, from the moment at which the thief is in."""

    owner: Person
    thief: Person
    began_at: datetime
    emails_before: int = 0
    """How many emails lay in the owner's mailbox when the thief came."""


class Hands(Protocol):
    """What can be done to a portal: by calling services, or over HTTP. A verb that was refused returns False or None."""

    def carry(self, secret: str) -> str:
        """Return what stands for a session in these hands, by its secret."""

    def sign_in(self, who: Person, email: str, password: str) -> bool:
        """Sign in, with the code of the person's factor when it is asked; note the session, or a link that is shown."""

    def opens(self, who: Person, email: str, password: str) -> bool:
        """Tell whether an address and a password belong together; note a link that is shown for them."""

    def is_alive(self, session: str) -> bool:
        """Tell whether a session opens a page."""

    def ask_address(self, session: str, email: str) -> bool:
        """Ask for another address."""

    def add_factor(self, who: Person, session: str) -> bool:
        """Set up a second factor with its recovery codes; the session goes on under another secret."""

    def replace_factor(self, who: Person, session: str, password: str) -> bool:
        """Put another app in the place of the account's."""

    def make_codes(self, who: Person, session: str) -> bool:
        """Make recovery codes in the place of the account's."""

    def say_lost(self, who: Person, email: str, password: str) -> bool:
        """Sign in as far as the code, and ask that the second factor be removed instead."""

    def remove_factor(self, who: Person, session: str, password: str) -> bool:
        """Turn the second factor off."""

    def rename(self, session: str) -> bool:
        """Change name, language and time zone."""

    def ask_deletion(self, session: str) -> bool:
        """Have the account closed."""

    def plant_order(self, session: str) -> bool:
        """Have the account's data deleted by itself, as early as can be."""

    def invite(self, session: str) -> bool:
        """Found an organisation, and invite an accomplice as its Owner."""

    def dissolve(self, session: str, at: Workplace) -> bool:
        """Have an organisation dissolved."""

    def hand_over(self, session: str, at: Workplace) -> bool:
        """Offer ownership to the colleague, and leave."""

    def ask_for_recovery(self, session: str, at: Workplace) -> bool:
        """Ask to become an Owner where none has come."""

    def ask_to_join(self, session: str, at: Workplace) -> bool:
        """Ask to join, by the account's address."""

    def take_leaving_pack(self, session: str, at: Workplace) -> bool:
        """Have a leaving pack prepared."""

    def take_copy(self, session: str) -> bool:
        """Have a copy prepared."""

    def change_password(self, who: Person, session: str, current: str, password: str) -> bool:
        """Change the password; the session goes on under another secret."""

    def sign_out_others(self, session: str) -> bool:
        """End every other session."""

    def report_inside(self, session: str) -> bool:
        """Say "This wasn't me" from inside."""

    def guess_inside(self, session: str, tries: int) -> None:
        """Give wrong passwords where a fresh proof is asked."""

    def sign_up(self, who: Person, email: str, password: str) -> bool:
        """Sign up; note the links that the page shows."""

    def guess(self, email: str, tries: int) -> None:
        """Try to sign in by wrong passwords, from a strange browser and from many places."""

    def forget(self, email: str) -> None:
        """Say "Forgot your password?", from a place of its own."""

    def report(self, email: str) -> None:
        """Report that an account is misused."""

    def subscribe(self, email: str) -> None:
        """Ask for the newsletter."""

    def press(self, who: Person, path: str, *, password: str) -> bool:
        """Open a link and press its button; a page that asks for a new password is given this one."""

    def emails(self, mailbox: str) -> list[Email]:
        """Return what lies in a mailbox, oldest first, after all background work."""

    def wait(self, *, minutes: int) -> None:
        """Let time pass."""
