"""What a thief may do who has the password and a fresh session. Each move tells whether it could be made."""

from __future__ import annotations

from portal.kit.actor import OrganisationRole
from tests.takeover.colleagues import work_together
from tests.takeover.story import OWN, THEIRS, THIEFS_PASSWORD, Hands, Story


def _inside(hands: Hands, story: Story) -> str | None:
    """Return a session of the thief's, signing in anew where the last one has ended and a password still opens."""
    thief = story.thief
    for email in (THEIRS, OWN):
        alive = [session for session in thief.sessions if hands.is_alive(session)]
        if alive:
            return alive[-1]
        hands.sign_in(thief, email, thief.passwords[-1])
    alive = [session for session in thief.sessions if hands.is_alive(session)]
    return alive[-1] if alive else None


def asks_for_an_address(hands: Hands, story: Story) -> bool:
    """Ask for a mailbox of the thief's, and leave its link for later."""
    session = _inside(hands, story)
    return bool(session) and hands.ask_address(session, THEIRS)


def confirms_an_address(hands: Hands, story: Story) -> bool:
    """Move the account to a mailbox of the thief's."""
    if not asks_for_an_address(hands, story):
        return False
    links = [email.link("/email/confirm/") for email in hands.emails(THEIRS)]
    newest = [link for link in links if link]
    return bool(newest) and hands.press(story.thief, newest[-1], password=THIEFS_PASSWORD)


def adds_a_factor(hands: Hands, story: Story) -> bool:
    """Set up a second factor of the thief's."""
    session = _inside(hands, story)
    return bool(session) and hands.add_factor(story.thief, session)


def removes_the_factor(hands: Hands, story: Story) -> bool:
    """Turn off whatever second factor there is."""
    session = _inside(hands, story)
    if not session or not hands.remove_factor(story.thief, session, story.thief.passwords[-1]):
        return False
    story.thief.factor = None
    return True


def replaces_the_app(hands: Hands, story: Story) -> bool:
    """Put an app of the thief's in the place of whatever second factor there is."""
    session = _inside(hands, story)
    return bool(session) and hands.replace_factor(story.thief, session, story.thief.passwords[-1])


def makes_recovery_codes(hands: Hands, story: Story) -> bool:
    """Make recovery codes, which the thief keeps."""
    session = _inside(hands, story)
    return bool(session) and hands.make_codes(story.thief, session)


def says_that_the_factor_is_lost(hands: Hands, story: Story) -> bool:
    """Ask by the password that the second factor be removed, and confirm it if the account has a mailbox of the thief's."""
    if not any(hands.say_lost(story.thief, email, story.thief.passwords[-1]) for email in (THEIRS, OWN)):
        return False
    links = [email.link("/lost-factor/confirm/") for email in hands.emails(THEIRS)]
    if came := [link for link in links if link]:
        hands.press(story.thief, came[-1], password=THIEFS_PASSWORD)
    return True


def renames(hands: Hands, story: Story) -> bool:
    """Change the name, the language and the time zone."""
    session = _inside(hands, story)
    return bool(session) and hands.rename(session)


def asks_for_deletion(hands: Hands, story: Story) -> bool:
    """Have the account closed, to be deleted."""
    session = _inside(hands, story)
    return bool(session) and hands.ask_deletion(session)


def plants_an_order(hands: Hands, story: Story) -> bool:
    """Have whatever can be deleted by itself deleted as early as can be."""
    session = _inside(hands, story)
    return bool(session) and hands.plant_order(session)


def invites_an_accomplice(hands: Hands, story: Story) -> bool:
    """Found an organisation in the account's name, and invite a mailbox of an accomplice's as its Owner."""
    session = _inside(hands, story)
    return bool(session) and hands.invite(session)


def dissolves(hands: Hands, story: Story) -> bool:
    """Have an organisation of the account's dissolved."""
    at, session = work_together(mine=OrganisationRole.OWNER, colleagues=OrganisationRole.OWNER), _inside(hands, story)
    return bool(session) and hands.dissolve(session, at)


def hands_over(hands: Hands, story: Story) -> bool:
    """Offer the account's ownership to an accomplice who is in the organisation."""
    at, session = work_together(mine=OrganisationRole.OWNER, colleagues=OrganisationRole.MEMBER), _inside(hands, story)
    return bool(session) and hands.hand_over(session, at)


def asks_for_recovery(hands: Hands, story: Story) -> bool:
    """Ask to become an Owner of an organisation whose Owner has never come."""
    at, session = work_together(mine=OrganisationRole.MEMBER, colleagues=OrganisationRole.OWNER), _inside(hands, story)
    return bool(session) and hands.ask_for_recovery(session, at)


def asks_to_join(hands: Hands, story: Story) -> bool:
    """Ask to join an organisation at the domain of the account's address."""
    at, session = work_together(mine=None, colleagues=OrganisationRole.OWNER), _inside(hands, story)
    return bool(session) and hands.ask_to_join(session, at)


def takes_a_leaving_pack(hands: Hands, story: Story) -> bool:
    """Have everything packed that an organisation of the account's holds."""
    at, session = work_together(mine=OrganisationRole.OWNER, colleagues=OrganisationRole.OWNER), _inside(hands, story)
    return bool(session) and hands.take_leaving_pack(session, at)


def takes_a_copy(hands: Hands, story: Story) -> bool:
    """Have a copy of everything prepared."""
    session = _inside(hands, story)
    return bool(session) and hands.take_copy(session)


def signs_up_with_the_address(hands: Hands, story: Story) -> bool:
    """Sign up with the owner's address and a password of the thief's."""
    return hands.sign_up(story.thief, OWN, THIEFS_PASSWORD)


def reports_misuse(hands: Hands, story: Story) -> bool:
    """Report the owner's address, and the one that the account may have been moved to."""
    hands.report(OWN)
    hands.report(THEIRS)
    return True


def spends_the_throttles(hands: Hands, story: Story) -> bool:
    """Spend whatever a stranger and somebody inside can spend of the limits that the owner's defences know."""
    for _ask in range(6):
        hands.forget(OWN)
    hands.guess(OWN, 11)
    session = _inside(hands, story)
    if session:
        hands.guess_inside(session, 10)
    return True


def changes_the_password(hands: Hands, story: Story) -> bool:
    """Choose another password, which the owner does not know."""
    session, thief = _inside(hands, story), story.thief
    if not session or not hands.change_password(thief, session, thief.passwords[-1], THIEFS_PASSWORD):
        return False
    thief.passwords.append(THIEFS_PASSWORD)
    return True


def signs_everybody_out(hands: Hands, story: Story) -> bool:
    """End every session but the thief's."""
    session = _inside(hands, story)
    return bool(session) and hands.sign_out_others(session)


def reports_inside(hands: Hands, story: Story) -> bool:
    """Say "This wasn't me" in the thief's own session."""
    session = _inside(hands, story)
    return bool(session) and hands.report_inside(session)


def uses_every_link_of_the_mailbox(hands: Hands, story: Story) -> bool:
    """Press whatever has come to the thief's own mailbox, and ask for a reset there."""
    hands.forget(THEIRS)
    emails = hands.emails(THEIRS)
    for email in emails:
        for link in email.links:
            if hands.press(story.thief, link, password=THIEFS_PASSWORD) and "/reset-password/" in link:
                story.thief.passwords.append(THIEFS_PASSWORD)
    return bool(emails)


def asks_for_the_newsletter(hands: Hands, story: Story) -> bool:
    """Ask for the newsletter for both mailboxes."""
    hands.subscribe(OWN)
    hands.subscribe(THEIRS)
    return True


ABOUT_THE_FACTOR = {
    adds_a_factor,
    removes_the_factor,
    replaces_the_app,
    makes_recovery_codes,
    says_that_the_factor_is_lost,
    spends_the_throttles,
}
"""Moves that the second factor of the owner makes a difference to."""
MOVES = (
    asks_for_an_address,
    confirms_an_address,
    adds_a_factor,
    removes_the_factor,
    replaces_the_app,
    makes_recovery_codes,
    says_that_the_factor_is_lost,
    renames,
    asks_for_deletion,
    plants_an_order,
    takes_a_copy,
    invites_an_accomplice,
    dissolves,
    hands_over,
    asks_for_recovery,
    asks_to_join,
    takes_a_leaving_pack,
    signs_up_with_the_address,
    reports_misuse,
    spends_the_throttles,
    changes_the_password,
    signs_everybody_out,
    reports_inside,
    uses_every_link_of_the_mailbox,
    asks_for_the_newsletter,
)
