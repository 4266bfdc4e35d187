"""Verbs of calls to product systems (P41)."""

import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Select, delete, select

from portal.jobs import service as jobs
from portal.kit import audit, clock, events, staff_reads
from portal.kit.actor import Role, Staff, for_staff
from portal.kit.db import db
from portal.kit.outgoing import Answer
from portal.kit.periods import period
from portal.kit.refusals import NotFound, Refusal
from portal.kit.setting_products import ProductSystem
from portal.kit.settings import current_settings
from portal.kit.staff_reads import Basis
from portal.kit.unit import before_writes
from portal.products.events import CallConfirmed
from portal.products.models import Confirmation, ProductCall, Told
from portal.products.models import Evidence as Evidence

log = structlog.get_logger()
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
MOST_LISTED = 200
REMINDED_AFTER = timedelta(days=1)
"""How long a product that took a call has for its confirmation, before the same call comes again."""


class NotGenuine(Refusal):
    """What came in was not signed by that product, or not within the last five minutes."""


@dataclass(frozen=True)
class Message:
    """A call as it goes out."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def systems() -> dict[str, ProductSystem]:
    """Return the product systems of the settings, by name."""
    return {each.name: each for each in current_settings().products}


def tell_deleted(subject_id: uuid.UUID, *, product: str, production_stays: bool = False) -> uuid.UUID:
    """Have a product told that somebody is deleted; return the call's id. `CallConfirmed` tells when it is done.

    Where `production_stays`, the product erases the person, and what they made there stays with their organisation (P41).
    """
    told = Told.PERSON_DELETED if production_stays else Told.ACCOUNT_DELETED
    # An account that goes needs no standing any more.
    _withdraw(ProductCall.subject_id == subject_id, ProductCall.product == product)
    return _tell(ProductCall(id=uuid.uuid4(), product=product, tells=told, subject_id=subject_id))


def tell_dissolved(organisation_id: uuid.UUID, *, product: str) -> uuid.UUID:
    """Have a product told that an organisation is dissolved: everything made under it goes. Return the call's id."""
    told = Told.ORGANISATION_DELETED
    return _tell(ProductCall(id=uuid.uuid4(), product=product, tells=told, organisation_id=organisation_id))


def tell_disabled(subject_id: uuid.UUID, *, organisation_id: uuid.UUID | None = None) -> None:
    """Have every product told that nobody is to work with an account; with an `organisation_id`, in that one alone."""
    _tell_standing(Told.ACCOUNT_DISABLED, subject_id, organisation_id)


def tell_enabled(subject_id: uuid.UUID, *, organisation_id: uuid.UUID | None = None) -> None:
    """Have every product told that what was disabled holds no more."""
    _tell_standing(Told.ACCOUNT_ENABLED, subject_id, organisation_id)


def _tell_standing(told: Told, subject_id: uuid.UUID, organisation_id: uuid.UUID | None) -> None:
    # The last word holds: an older one that still waits is not said any more.
    _withdraw(ProductCall.subject_id == subject_id, ProductCall.organisation_id == organisation_id)
    for name in systems():
        _tell(ProductCall(id=uuid.uuid4(), product=name, tells=told, subject_id=subject_id, organisation_id=organisation_id))


def _withdraw(*where: ColumnElement[bool]) -> None:
    standings = [told for told in Told if told.is_standing]
    db.session.execute(delete(ProductCall).where(ProductCall.tells.in_(standings), *where))


def _tell(call: ProductCall) -> uuid.UUID:
    db.session.add(call)
    # Without the subject's id: the jobs of the subject are erased too.
    jobs.enqueue("products.call", call_id=str(call.id))
    return call.id


def find_message(call_id: uuid.UUID) -> Message | None:
    """Return the message of a call that waits, signed now; None when nothing waits or the product is not listed."""
    call = db.session.get(ProductCall, call_id)
    system = systems().get(call.product) if call else None
    if call is None or system is None or call.confirmed_at is not None:
        return None
    ids = {"account": call.subject_id, "organisation": call.organisation_id}
    whom = {name: str(id_) for name, id_ in ids.items() if id_ is not None}
    told = {"type": call.tells.value, "timestamp": call.made_at.isoformat(), "data": whom}
    return _signed(system, told, of=call.id, url=system.url)


def copy_calls(subject_id: uuid.UUID) -> Iterator[tuple[ProductSystem, Message | None]]:
    """Yield each product with the signed call that asks for what it holds of somebody, where it hands that out."""
    for system in systems().values():
        told = {"type": "account.copy_requested", "timestamp": clock.now().isoformat(), "data": {"account": str(subject_id)}}
        yield system, _signed(system, told, of=uuid.uuid4(), url=system.copy_url) if system.copy_url else None


def _signed(system: ProductSystem, told: Mapping[str, object], *, of: uuid.UUID, url: str) -> Message:
    # Here: whoever serves pages never signs one.
    from standardwebhooks import Webhook

    body, now = json.dumps(told), clock.now()
    signatures = [
        Webhook(secret.get_secret_value()).sign(msg_id=str(of), timestamp=now, data=body) for secret in system.secrets
    ]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": str(of),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return Message(url, body.encode(), headers)


def note_try(call_id: uuid.UUID, *, answer: Answer | None) -> None:
    """Note what came of a try, and ask for the next unless the product has confirmed. No answer: it could not be called."""
    call = db.lock(ProductCall, call_id)
    if call is None or call.confirmed_at is not None:
        return
    call.tries += 1
    if answer is not None and answer.is_good:
        call.accepted_at = call.accepted_at or clock.now()
        if answer.status == 200 and _says(call.tells.answer, answer.body):
            _confirm(call, by=Confirmation.ANSWER)
            return
    else:
        log.warning("products.call_failed", product=call.product, status=answer.status if answer else None)
    jobs.enqueue("products.call", not_before=clock.now() + _wait(call), call_id=str(call.id))


def _wait(call: ProductCall) -> timedelta:
    if call.accepted_at is not None or call.product not in systems():
        return REMINDED_AFTER
    return min(FIRST_WAIT * (1 << min(call.tries - 1, 12)), LONGEST_WAIT)


def _says(word: str, body: bytes) -> bool:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and said.get(word) is True


def read_confirmation(name: str, *, body: bytes, headers: Mapping[str, str]) -> uuid.UUID:
    """Return which call a product confirms. Asks no database. Raises NotGenuine, and NotFound when it names none."""
    from standardwebhooks import Webhook, WebhookVerificationError

    system = systems().get(name)
    for secret in system.secrets if system else ():
        try:
            said = Webhook(secret.get_secret_value()).verify(body, dict(headers))
        except (WebhookVerificationError, ValueError, RecursionError):
            continue
        try:
            return uuid.UUID(said["data"]["message"])
        except (TypeError, KeyError, ValueError, AttributeError):
            raise NotFound from None
    raise NotGenuine


def confirm_from(name: str, *, call_id: uuid.UUID) -> None:
    """Note that a product has confirmed a call; once is as good as twice. Raises NotFound for a call that is not its own."""
    call = db.lock(ProductCall, call_id)
    if call is None or call.product != name:
        raise NotFound
    if call.confirmed_at is None:
        _confirm(call, by=Confirmation.CALLBACK)


def confirm_by_hand(call_id: uuid.UUID) -> bool:
    """Note that somebody of the staff knows a product to have done it; `CallConfirmed` tells of it. Raises NotFound.

    Return whether it was still needed: the product may have said so at this very moment.
    """
    call = db.lock(ProductCall, call_id)
    if call is None:
        raise NotFound
    if call.confirmed_at is not None:
        return False
    _confirm(call, by=Confirmation.STAFF)
    return True


@dataclass(frozen=True)
class OpenCall:
    """A product that hasn't confirmed that it deleted what a dissolved organisation had there. It names nobody."""

    id: uuid.UUID
    product: str
    since: datetime
    tries: int
    is_late: bool


@dataclass(frozen=True)
class CallToDo:
    """Such a call with what whoever runs the product must know: under which ID the organisation stands there."""

    call: OpenCall
    organisation_id: uuid.UUID


@for_staff(Role.PRIVACY)
def list_open_calls(*, by: Staff) -> list[OpenCall]:
    """Return the products that have not confirmed the end of an organisation, the longest first."""
    return [_said(call) for call in db.session.scalars(_waiting().order_by(ProductCall.made_at).limit(MOST_LISTED))]


@for_staff(Role.PRIVACY)
@before_writes
def read_open_call(call_id: uuid.UUID, *, by: Staff) -> CallToDo:
    """Return one of them, with whose data it is; the read is on record before. Raises NotFound."""
    call = db.session.scalar(_waiting().where(ProductCall.id == call_id))
    if call is None or call.organisation_id is None:
        raise NotFound
    found = CallToDo(_said(call), call.organisation_id)
    staff_reads.record(
        ProductCall, by=by, subjects=[], basis=Basis.REQUEST, basis_id=call_id, organisation_id=found.organisation_id
    )
    return found


@for_staff(Role.PRIVACY)
def confirm_open_call(call_id: uuid.UUID, *, by: Staff, evidence: Evidence) -> None:
    """Note that staff know a product to have deleted an organisation's data. Raises NotFound unless it waits."""
    call = db.session.scalar(_waiting().where(ProductCall.id == call_id))
    if call is None:
        raise NotFound
    if confirm_by_hand(call_id):
        audit.record(
            "products.confirmed_by_staff", by=by.person_id, call=call_id, product=call.product, evidence=evidence.value
        )


def _waiting() -> Select[ProductCall]:
    return select(ProductCall).where(ProductCall.confirmed_at.is_(None), ProductCall.tells == Told.ORGANISATION_DELETED)


def _said(call: ProductCall) -> OpenCall:
    is_late = call.made_at <= clock.now() - period("step_confirmation")
    return OpenCall(call.id, title_of(call.product), call.made_at, call.tries, is_late)


def title_of(product: str) -> str:
    """Return what people call a product; its name where the settings list it no more."""
    system = systems().get(product)
    return system.title if system else product


def confirmed_by_hand(call_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of some calls a member of staff has confirmed, while their records last."""
    by_hand = ProductCall.confirmed_by == Confirmation.STAFF
    return set(db.session.scalars(select(ProductCall.id).where(ProductCall.id.in_(call_ids), by_hand)))


def _confirm(call: ProductCall, *, by: Confirmation) -> None:
    call.confirmed_at, call.confirmed_by = clock.now(), by
    call.subject_id = call.organisation_id = None
    events.publish(CallConfirmed(call.id, by))


def was_tried(call_id: uuid.UUID) -> bool:
    """Tell whether a call was tried at all."""
    call = db.session.get(ProductCall, call_id)
    return call is None or call.tries > 0 or call.confirmed_at is not None
