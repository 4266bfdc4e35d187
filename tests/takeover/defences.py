"""What an owner may do who holds the mailbox, and perhaps a session of their own.

Each defence returns None when it has done all that it can do alone, or why it cannot be used or cannot be enough. What
may be declared so, and which defence the owner reaches for next, stands in DECLARED and NEXT.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from tests.takeover.story import OWN, OWNERS_PASSWORDS, Email, Hands, Story

FROM_OUTSIDE = {
    "accounts/factor_removal_requested",
    "accounts/factor_removal_stopped",
    "accounts/failed_sign_ins",
    "recovery/reset_link",
    "recovery/secure_link",
}
"""Kinds of emails that nobody inside has to cause: they take back no factor and no codes from before them."""


class Why(Enum):
    """Why a defence cannot be used, or cannot be enough by its nature."""

    NO_SESSION = "the thief has ended the owner's session, or the account is closed"
    PASSWORD_STAYS = "it takes no password away: the thief still knows it"
    NO_EMAIL = "no email to the owner's mailbox holds such a link: nothing of the kind was done"
    FACTOR_STAYS = "it takes no second factor and no recovery codes away, and the thief has some"
    LINK_DEAD = "there is such a link, and it is dead: never to be declared"
    ELSEWHERE = "the account has been moved or closed: the email that comes holds the link which takes that back"


def _newest(hands: Hands, story: Story, *parts: str) -> Why | None:
    """Press the newest link of these kinds in the owner's mailbox that is not dead; return why that cannot be done."""
    return _press_one(hands, story, list(reversed(hands.emails(OWN))), *parts)


def _press_one(hands: Hands, story: Story, emails: Sequence[Email], *parts: str) -> Why | None:
    links = [link for email in emails for link in [next(filter(None, map(email.link, parts)), None)] if link]
    for link in links:
        if hands.press(story.owner, link, password=_next_password(story)):
            return None
    return Why.LINK_DEAD if links else Why.NO_EMAIL


def _next_password(story: Story) -> str:
    return next(each for each in OWNERS_PASSWORDS if each not in story.owner.passwords)


def _chooses_a_password(hands: Hands, story: Story) -> bool:
    password = _next_password(story)
    if _newest(hands, story, "/reset-password/"):
        return False
    story.owner.passwords.append(password)
    return True


def _session(hands: Hands, story: Story) -> str | None:
    return next((session for session in reversed(story.owner.sessions) if hands.is_alive(session)), None)


def _is_shut_out(hands: Hands, story: Story) -> bool:
    """Tell whether the owner's password is taken and a code of somebody else's is asked."""
    return not hands.sign_in(story.owner, OWN, story.owner.passwords[-1])


def resets(hands: Hands, story: Story) -> Why | None:
    """Forgot your password?"""
    hands.wait(minutes=6)
    hands.forget(OWN)
    if not _chooses_a_password(hands, story):
        return Why.ELSEWHERE
    return Why.FACTOR_STAYS if story.thief.codes or _is_shut_out(hands, story) else None


def changes_the_password(hands: Hands, story: Story) -> Why | None:
    """Change the password in the owner's own session."""
    session, owner = _session(hands, story), story.owner
    if session is None:
        return Why.NO_SESSION
    password = _next_password(story)
    assert hands.change_password(owner, session, owner.passwords[-1], password), "the owner's session is of no use"
    owner.passwords.append(password)
    return Why.FACTOR_STAYS if story.thief.codes else None


def signs_out_everywhere(hands: Hands, story: Story) -> Why | None:
    """End every other session in the owner's own one."""
    session = _session(hands, story)
    if session is None or not hands.sign_out_others(session):
        return Why.NO_SESSION
    return Why.PASSWORD_STAYS


def reports_inside(hands: Hands, story: Story) -> Why | None:
    """Say "This wasn't me" in the owner's own session."""
    session = _session(hands, story)
    if session is None or not hands.report_inside(session):
        return Why.NO_SESSION
    return _follows_up(hands, story) or (Why.FACTOR_STAYS if story.thief.codes else None)


def vetoes(hands: Hands, story: Story) -> Why | None:
    """Stop a change of address by the email that tells of the wish."""
    return _newest(hands, story, "/email/veto/") or _follows_up(hands, story)


def undoes_the_move(hands: Hands, story: Story) -> Why | None:
    """Take a change of address back by the email to the mailbox that was left."""
    return _newest(hands, story, "/email/undo/") or _follows_up(hands, story)


def undoes_the_deletion(hands: Hands, story: Story) -> Why | None:
    """Keep the account by the email about its deletion."""
    return _newest(hands, story, "/privacy/delete/undo/") or Why.PASSWORD_STAYS


def reports_by_the_first_email(hands: Hands, story: Story) -> Why | None:
    """Open "This wasn't me" in the first email that came since the thief was in."""
    return _report(hands, story, newest_first=False)


def reports_by_the_newest_email(hands: Hands, story: Story) -> Why | None:
    """Open "This wasn't me" in the newest email."""
    holding = [email for email in hands.emails(OWN)[story.emails_before :] if email.link("/wasnt-me/")]
    is_from_outside = bool(holding) and holding[-1].kind in FROM_OUTSIDE
    why = _report(hands, story, newest_first=True)
    return Why.FACTOR_STAYS if why is None and is_from_outside and story.thief.codes else why


def _report(hands: Hands, story: Story, *, newest_first: bool) -> Why | None:
    emails = hands.emails(OWN)[story.emails_before :]
    # In the email about a move, "This wasn't me" is the link that takes it back.
    tried = emails[::-1] if newest_first else emails
    return _press_one(hands, story, tried, "/wasnt-me/", "/email/undo/") or _follows_up(hands, story)


def _follows_up(hands: Hands, story: Story) -> Why | None:
    """Choose a new password by the email that tells that the account is secured."""
    if not _chooses_a_password(hands, story):
        return Why.ELSEWHERE
    return Why.FACTOR_STAYS if _is_shut_out(hands, story) else None


Defence = Callable[[Hands, Story], Why | None]
DEFENCES: tuple[Defence, ...] = (
    resets,
    changes_the_password,
    signs_out_everywhere,
    reports_inside,
    vetoes,
    undoes_the_move,
    undoes_the_deletion,
    reports_by_the_first_email,
    reports_by_the_newest_email,
)
DECLARED: dict[Defence, set[Why]] = {
    resets: {Why.FACTOR_STAYS, Why.ELSEWHERE},
    changes_the_password: {Why.NO_SESSION, Why.FACTOR_STAYS},
    signs_out_everywhere: {Why.NO_SESSION, Why.PASSWORD_STAYS},
    reports_inside: {Why.NO_SESSION, Why.FACTOR_STAYS},
    vetoes: {Why.NO_EMAIL},
    undoes_the_move: {Why.NO_EMAIL},
    undoes_the_deletion: {Why.NO_EMAIL, Why.PASSWORD_STAYS},
    reports_by_the_first_email: {Why.NO_EMAIL},
    reports_by_the_newest_email: {Why.NO_EMAIL, Why.FACTOR_STAYS},
}
"""What each defence may say; anything else is a fault. A defence that says nothing must be enough alone."""
NEXT: dict[Why, Defence] = {
    Why.NO_SESSION: reports_by_the_first_email,
    Why.PASSWORD_STAYS: changes_the_password,
    Why.NO_EMAIL: resets,
    Why.FACTOR_STAYS: reports_by_the_first_email,
    Why.ELSEWHERE: reports_by_the_first_email,
}
"""Which defence an owner reaches for next."""
NOTHING_DONE = {Why.NO_SESSION, Why.NO_EMAIL}
"""Reasons of a defence that has changed nothing: what follows it is what the next defence does where it would have begun."""
MOST_STEPS = 4
