"""The promises that this area keeps: an address and nothing before it is confirmed (P17), a way out always (P18)."""

import uuid

from sqlalchemy import func, inspect, select

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, failed_by, passed, state
from portal.kit.db import db
from portal.kit.i18n import _, _l, in_language, listed, ngettext
from portal.kit.refusals import LinkDead
from portal.mail import service as outbox
from portal.newsletter import mail, service
from portal.newsletter.forms import Subscribe
from portal.newsletter.models import Subscriber, Suppression

HELD_OF_SUBSCRIBERS = {"id", "email", "email_key", "subject_id", "confirmed_at", "source", "language"}
HELD_OF_LEAVERS = {"id", "address_hash", "suppressed_at"}
EMAIL = "newsletter/welcome"


def _columns(table: str) -> dict[str, bool]:
    """Return the columns as the database itself has them: name -> may be empty."""
    return {column["name"]: column["nullable"] for column in inspect(db.session.connection()).get_columns(table)}


def _address_only() -> Finding:
    asked = {name for name in vars(Subscribe) if not name.startswith("_")}
    if asked != {"email"}:
        return failed("asks_for_more")
    strange = _columns(Subscriber.__tablename__).keys() ^ HELD_OF_SUBSCRIBERS
    return failed("columns", columns=sorted(strange)) if strange else passed("only_email")


def _confirmed_only() -> Finding:
    if _columns(Subscriber.__tablename__)["confirmed_at"]:
        return failed("room_for_others")
    early = db.session.scalar(select(func.count()).select_from(Subscriber).where(Subscriber.confirmed_at > clock.now()))
    total = db.session.scalar(select(func.count()).select_from(Subscriber))
    return failed("unconfirmed", subscribers=early) if early else passed("confirmed", subscribers=total)


def _way_out_in_every_email() -> Finding:
    url = mail.unsubscribe_url(uuid.uuid4())
    headers = mail.headers_for(url)
    service.check_way_out(url.rpartition("/")[2])
    if headers != {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}:
        return failed("headers")
    with in_language("en"):
        parts = outbox.compose(EMAIL, unsubscribe_url=url, zone="UTC")
    if not all(url in part for part in parts):
        return failed("no_link")
    return passed("link_and_headers")


def _link_is_signed() -> Finding:
    try:
        service.check_way_out(str(uuid.uuid4()))
    except LinkDead:
        return passed("refused")
    return failed("forged")


def _hash_only() -> Finding:
    strange = _columns(Suppression.__tablename__).keys() ^ HELD_OF_LEAVERS
    if strange:
        return failed("columns", columns=sorted(strange))
    plain = db.session.scalar(select(func.count()).where(func.length(Suppression.address_hash) != 64))
    back = db.session.scalar(select(func.count()).select_from(Suppression).join(Subscriber, Subscriber.id == Suppression.id))
    faults = [state(code, entries=entries) for code, entries in (("no_hash", plain), ("still_listed", back)) if entries]
    return failed_by(faults) if faults else passed("hashes_only")


def _say_columns(columns: list[str]) -> str:
    return str(_("Columns that are missing or shouldn’t be there: %(columns)s.", columns=listed(columns)))


CHECKS = [
    Check(
        promise="P17",
        name="address_only",
        what=_l("The form asks for an email address, and the list has no room for anything else."),
        run=_address_only,
        says={
            "asks_for_more": lambda: _("The form asks for more than an email address."),
            "columns": _say_columns,
            "only_email": lambda: _("Only email addresses are asked for and kept."),
        },
    ),
    Check(
        promise="P17",
        name="confirmed_only",
        what=_l("The list holds confirmed email addresses only; it has no room for others."),
        run=_confirmed_only,
        says={
            "room_for_others": lambda: _("The list has room for unconfirmed email addresses."),
            "unconfirmed": lambda subscribers: ngettext(
                "%(num)s subscriber isn’t confirmed yet.", "%(num)s subscribers aren’t confirmed yet.", subscribers
            ),
            "confirmed": lambda subscribers: ngettext(
                "%(num)s subscriber checked.", "%(num)s subscribers checked.", subscribers
            ),
        },
    ),
    Check(
        promise="P18",
        name="way_out_in_every_email",
        what=_l("An email to a subscriber has the unsubscribe link and both headers for one click."),
        run=_way_out_in_every_email,
        says={
            "headers": lambda: _("The headers aren’t those of RFC 8058."),
            "no_link": lambda: _("An email has no unsubscribe link."),
            "link_and_headers": lambda: _("The link and both headers are there."),
        },
    ),
    Check(
        promise="P18",
        name="way_out_is_signed",
        what=_l("Nobody but us can make a link that unsubscribes someone."),
        run=_link_is_signed,
        says={
            "refused": lambda: _("A forged link does nothing."),
            "forged": lambda: _("A forged link works."),
        },
    ),
    Check(
        promise="P18",
        name="hash_of_leavers_only",
        what=_l("Of people who unsubscribed, we keep a keyed hash and nothing else."),
        run=_hash_only,
        says={
            "columns": _say_columns,
            "no_hash": lambda entries: ngettext(
                "%(num)s entry isn’t a keyed hash.", "%(num)s entries aren’t keyed hashes.", entries
            ),
            "still_listed": lambda entries: ngettext(
                "%(num)s person who unsubscribed is still on the list.",
                "%(num)s people who unsubscribed are still on the list.",
                entries,
            ),
            "hashes_only": lambda: _("Keyed hashes and nothing else."),
        },
    ),
]
