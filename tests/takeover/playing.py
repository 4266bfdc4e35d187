"""How a story is played to its end, and what must hold there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from tests.takeover.defences import DECLARED, MOST_STEPS, NEXT, Defence, Why
from tests.takeover.story import OWN, THEIRS, THIEFS_PASSWORD, Hands, Story

Look = Callable[[], dict[str, Any]]
"""Looks into the database: how the account stands."""
AT_REST = {
    "email": OWN,
    "frozen": False,
    "closed": False,
    **dict.fromkeys(
        (
            "changes",
            "removals",
            "copies",
            "orders",
            "invitations",
            "deletions",
            "dissolutions",
            "recoveries",
            "hand_overs",
            "join_requests",
            "packs",
            "factors",
            "codes",
        ),
        0,
    ),
}
"""How an account stands of which nothing waits, and which nobody has locked anew."""


HARMLESS = ("/newsletter/", "/signup/resend/", "/signup/check-email/")
"""Links about a mailbox and not about the account work for whoever holds them; what they do is looked at all the same."""


@dataclass(frozen=True)
class Played:
    """Which defences were played, one after the other, and whether they ended with one that could not be used."""

    names: list[str]
    is_unusable: bool = False


def defend(hands: Hands, story: Story, defence: Defence, *, stops: Collection[Why] = ()) -> Played:
    """Play a defence and those that its owner reaches for next, until one has done all, or ends for a reason of `stops`.

    Raises AssertionError for a reason that is not declared, and when nothing helps.
    """
    names: list[str] = []
    while len(names) < MOST_STEPS:
        why = defence(hands, story)
        names.append(defence.__name__)
        if why is None:
            return Played(names)
        assert why in DECLARED[defence], f"{' > '.join(names)}: {why.value}"
        if why in stops and len(names) == 1:
            return Played(names, is_unusable=True)
        defence = NEXT[why]
    raise AssertionError(f"the owner has tried {' > '.join(names)}, in vain")


def faults_of(hands: Hands, story: Story, look: Look) -> Iterator[str]:
    """Yield what is wrong at the end: the owner is in, the thief is out, nothing of the thief's waits or works."""
    owner, thief = story.owner, story.thief
    # Who has signed in by now, with a password that opens, need not do so again.
    is_in = hands.is_alive(owner.sessions[-1]) and hands.opens(owner, OWN, owner.passwords[-1])
    if not is_in and not hands.sign_in(owner, OWN, owner.passwords[-1]):
        yield "the owner is not in"
        return
    before = look()
    yield from (f"{name} is {before[name]}" for name, right in AT_REST.items() if before[name] != right)
    if any(hands.is_alive(session) for session in thief.sessions):
        yield "a session of the thief's is alive"
    for email in (OWN, THEIRS):
        for password in dict.fromkeys([*thief.passwords, THIEFS_PASSWORD]):
            if hands.opens(thief, email, password):
                yield f"a password that the thief knows opens {email}"
    yield from _pressed(hands, story)
    after = look()
    yield from (f"{name} became {after[name]} by a link of the thief's" for name in before if before[name] != after[name])
    if not hands.is_alive(owner.sessions[-1]):
        yield "the owner is thrown out by a link of the thief's"


def _pressed(hands: Hands, story: Story) -> Iterator[str]:
    thief = story.thief
    for link in [*thief.links, *(link for email in hands.emails(THEIRS) for link in email.links)]:
        works = hands.press(thief, link, password=THIEFS_PASSWORD)
        if works and not link.startswith(HARMLESS):
            yield f"a link of the thief's works: /{'/'.join(link.split('/')[1:-1])}"
