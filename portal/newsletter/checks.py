"""The promises that this area keeps: an address and nothing before it is confirmed (P17), a way out always (P18)."""

import uuid

from sqlalchemy import func, inspect, select

from portal.kit import clock
from portal.kit.checks import Check, Finding, failed, passed
from portal.kit.db import db
from portal.kit.i18n import _l, in_language
from portal.kit.refusals import LinkDead
from portal.kit.templating import render
from portal.newsletter import mail, service
from portal.newsletter.forms import Subscribe
from portal.newsletter.models import Subscriber, Suppression

HELD_OF_SUBSCRIBERS = {"id", "email", "email_key", "subject_id", "confirmed_at", "source", "language"}
HELD_OF_LEAVERS = {"id", "address_hash", "suppressed_at"}
LETTER = "mail/newsletter/welcome"


def _columns(table: str) -> dict[str, bool]:
    """Return the columns as the database itself has them: name -> may be empty."""
    return {column["name"]: column["nullable"] for column in inspect(db.session.connection()).get_columns(table)}


def _address_only() -> Finding:
    asked = {name for name in vars(Subscribe) if not name.startswith("_")}
    if asked != {"email"}:
        return failed("the form asks for more than an address")
    strange = _columns(Subscriber.__tablename__).keys() ^ HELD_OF_SUBSCRIBERS
    return failed("columns: " + ", ".join(sorted(strange))) if strange else passed("an address and nothing else")


def _confirmed_only() -> Finding:
    if _columns(Subscriber.__tablename__)["confirmed_at"]:
        return failed("the list has room for unconfirmed addresses")
    early = db.session.scalar(select(func.count()).select_from(Subscriber).where(Subscriber.confirmed_at > clock.now()))
    total = db.session.scalar(select(func.count()).select_from(Subscriber))
    return failed(f"{early} are not confirmed yet") if early else passed(f"{total} subscribers, each confirmed")


def _way_out_in_every_letter() -> Finding:
    url = mail.unsubscribe_url(uuid.uuid4())
    headers = mail.headers_for(url)
    service.check_way_out(url.rpartition("/")[2])
    if headers != {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}:
        return failed("the headers are not those of RFC 8058")
    with in_language("en"):
        parts = [
            render(f"{LETTER}/{part}", unsubscribe_url=url, subject="", zone="UTC") for part in ("body.txt", "body.html")
        ]
    if not all(url in part for part in parts):
        return failed("a letter lacks its link")
    return passed("the link and both headers")


def _link_is_signed() -> Finding:
    try:
        service.check_way_out(str(uuid.uuid4()))
    except LinkDead:
        return passed("a link that we did not write does nothing")
    return failed("a forged link is taken")


def _hash_only() -> Finding:
    strange = _columns(Suppression.__tablename__).keys() ^ HELD_OF_LEAVERS
    if strange:
        return failed("columns: " + ", ".join(sorted(strange)))
    plain = db.session.scalar(select(func.count()).where(func.length(Suppression.address_hash) != 64))
    back = db.session.scalar(select(func.count()).select_from(Suppression).join(Subscriber, Subscriber.id == Suppression.id))
    if plain or back:
        return failed(f"{plain} without a hash, {back} still on the list")
    return passed("a keyed hash of who left")


CHECKS = [
    Check(
        promise="P17",
        name="address_only",
        what=_l("The form asks for an address, and the list has no room for more."),
        run=_address_only,
    ),
    Check(
        promise="P17",
        name="confirmed_only",
        what=_l("The list knows confirmed addresses only; there is no place for others."),
        run=_confirmed_only,
    ),
    Check(
        promise="P18",
        name="way_out_in_every_letter",
        what=_l("A letter to a subscriber carries the link and both headers for one press."),
        run=_way_out_in_every_letter,
    ),
    Check(
        promise="P18",
        name="way_out_is_signed",
        what=_l("Nobody but us can write a link that unsubscribes somebody."),
        run=_link_is_signed,
    ),
    Check(
        promise="P18",
        name="hash_of_leavers_only",
        what=_l("Of those who left there is a keyed hash and nothing else."),
        run=_hash_only,
    ),
]
