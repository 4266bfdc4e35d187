"""What a link can do depends on the mailbox it went to, and ends when that mailbox has no say any more (rule 8 of issue 6).

Each purpose of a link says here what binds it; that it holds is played in tests/takeover.
"""

from collections.abc import Collection

from tests.rules.source import modules
from tests.rules.test_purposes import purposes

BOUND = {
    "wasnt_me": "the mark of its mailbox: the account's, or one that it has left, for 7 days and until somebody else has it",
    "undo_deletion": "the mark of its mailbox, likewise; a sign-in makes one for the account's own",
    "recovery.reset": "its stamp holds the account's address",
    "accounts.email_confirm": "its stamp holds the account's address, and its row the mailbox that confirms",
    "accounts.email_veto": "the row's old address must be the account's still",
    "accounts.email_undo": "the row's old address was left less than 7 days ago, and nobody else has confirmed it",
    "accounts.factor_removal_confirm": "its stamp holds the account's address, and its row has not ended",
    "accounts.factor_removal_stop": "the mark of its mailbox, likewise; its row waits still",
    "accounts.confirm_address": "its stamp is the address, which has had no account since",
    "newsletter.confirm": "carries its address, sealed, and is about nothing else",
    "newsletter.unsubscribe": "is about a subscription, which it can only end; it must work for ever (RFC 8058)",
    "organisations.end_recovery": "the mark of its mailbox, likewise, of an Owner; it can only keep what there is",
    "organisations.keep": "the mark of its mailbox, likewise, of an Owner; it can only keep what there is",
    "organisations.invitation": "its stamp is the invited address, whose account alone can take it, signed in",
    "support.guest_ticket": "its stamp is the ticket's address, which no account has; it is about that one ticket",
    "privacy.request": "its stamp is the request's address, which no account has; before the code it takes the code alone",
    "privacy.still_here": "its row ends when the account's address changes, and it can do nothing but keep the account",
    "deletion_receipt": "shows a receipt that names nobody, and changes nothing",
}
"""Purposes of links in emails, and what binds each to the mailbox that it went to."""
IN_THE_BROWSER = {
    "accounts.sign_up_page": "in the address of the page that a browser was sent to",
    "accounts.second_step": "in the form of a sign-in",
    "accounts.known_browser": "in the cookie of a browser",
    "consent.choice": "in the cookie of a browser",
    "privacy.request_copy": "in the address of the file that a browser was sent to, beside the request's own link",
    "privacy.request_statement": "in the form of a page whose code was given, beside the request's link",
    "privacy.closing_page": "in the address of the page that a browser was sent to; it says an instant, and changes nothing",
}
"""Purposes of what no email holds."""


def unplaced(found: Collection[str]) -> set[str]:
    """Return the purposes that say nothing, and those that are listed here and gone."""
    return set(found) ^ {*BOUND, *IN_THE_BROWSER}


def test_every_link_says_what_binds_it_to_its_mailbox():
    assert unplaced(purposes(modules())) == set()


def test_a_planted_purpose_is_found():
    assert unplaced([*purposes(modules()), "support.close_by_link"]) == {"support.close_by_link"}
