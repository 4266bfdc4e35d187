"""Taking a request from somebody without a session: the same work, page and email for every address (P32).

Nothing is looked up before the code is given: what a stranger types asks nothing of anybody's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.kit import accepted_files, throttle
from portal.kit.clients import ClientKey
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.files import parts_of, storage
from portal.kit.refusals import Refusal
from portal.kit.throttle import Spend
from portal.kit.unit import before_writes
from portal.privacy import mail
from portal.privacy.models import Request, RequestFile, RequestState, Right, Source
from portal.privacy.service import receipts
from portal.privacy.service.requests import identity, links, rows

REQUESTS_PER_CLIENT = "10 per hour"
CODES_PER_ADDRESS = "5 per hour; 15 per day"
"""Silent: whoever names somebody's address again and again floods no inbox, and is not told so."""
FILE_KIND = "request"
MOST_UNPROVEN = 256 * 1024 * 1024
"""Bytes of the files of all requests that nobody has proven yet: anybody may send some."""


class UnprovenShareSpent(Refusal):
    """The files of all requests that nobody has proven hold as much as they may together."""


@dataclass(frozen=True)
class Agent:
    """Who asks on somebody's behalf. They get nothing: the person confirms, and the answer goes to the person."""

    name: str
    email: str


@before_writes
def ask(
    email: str,
    *,
    kind: Right,
    message: str,
    uploads: Sequence[accepted_files.Upload],
    agent: Agent | None,
    receipt: str,
    country: str,
    language: str,
    client: ClientKey,
) -> str:
    """Take a request, send the code to the typed address, and return the token of the page that takes it.

    `receipt` is the link of a deletion's receipt, by which an erased customer comes. Raises TooManyTries for the client,
    UnprovenShareSpent, LinkDead for a forged receipt, and what `accepted_files.accept_all` raises.
    """
    taken = accepted_files.accept_all(uploads)
    number = receipts.receipt_by_token(receipt).number if receipt else None
    in_time = throttle.consume_both(
        Spend("privacy.request_client", client, REQUESTS_PER_CLIENT),
        Spend("privacy.request_code", lookup_key(email), CODES_PER_ADDRESS),
    )
    request = rows.add_for_address(
        kind,
        source=Source.AGENT if agent else Source.FORM,
        email=email,
        message=message,
        language=language,
        receipt_number=number,
        agent_name=agent.name if agent else None,
        agent_email=agent.email if agent else None,
        agent_email_key=lookup_key(agent.email) if agent else None,
    )
    attach(request, files=taken)
    rows.record("privacy.request_received", request=request, source=request.source.value)
    if in_time:
        send_code(request, country=country)
    return links.token_of(request, country=country)


def send_code(request: Request, *, country: str = "") -> None:
    """Send a new code for a request that waits for its person; every older one is dead."""
    mail.request_code(request, code=identity.renew_code(request), token=links.token_of(request, country=country))


@before_writes
def send_code_again(token: str, *, client: ClientKey) -> None:
    """Send a new code, within the silent limit of its address. Raises RequestLinkEnded; TooManyTries for the client."""
    asked, _country = links.request_of(token)
    in_time = throttle.consume_both(
        Spend("privacy.request_client", client, REQUESTS_PER_CLIENT),
        Spend("privacy.request_code", asked.email_key or "", CODES_PER_ADDRESS),
    )
    request, country = links.request_of(token, lock=True)
    if in_time and request.state == RequestState.AWAITING_IDENTITY:
        send_code(request, country=country)


def attach(request: Request, *, files: Sequence[accepted_files.NewFile]) -> None:
    """Store the files of a request. Raises UnprovenShareSpent for one that nobody has proven."""
    if not files:
        return
    db.session.flush()
    if request.verified_at is None and _unproven() + sum(each.size for each in files) > MOST_UNPROVEN:
        raise UnprovenShareSpent
    for each in files:
        key = storage().store(FILE_KIND, parts_of(each.stream))
        db.session.add(RequestFile(request_id=request.id, file_key=key, name=each.name, kind=each.kind, size=each.size))


def _unproven() -> int:
    held = select(func.sum(RequestFile.size)).join(Request, Request.id == RequestFile.request_id)
    return int(db.session.scalar(held.where(Request.state == RequestState.AWAITING_IDENTITY)) or 0)
