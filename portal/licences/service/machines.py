"""Machines without a network, by an Owner's hand: activated by exchange of files, deactivated, released when lost."""

import json
import uuid

from sqlalchemy import select

from portal.kit import throttle
from portal.kit.actor import Actor
from portal.kit.db import db
from portal.kit.refusals import NotFound, Refusal
from portal.kit.unit import before_writes
from portal.licences.models import Activation, Licence
from portal.licences.service import activations, files, listing
from portal.organisations import service as organisations
from portal.organisations.models import Deed, Organisation
from proof.verify_licence import LICENCE, Wrong


class RequestUnreadable(Refusal):
    """What was handed in is neither a machine's number nor a product's request."""


class OtherLicence(Refusal):
    """The request is for another licence."""


@before_writes
def activate_for(licence_id: uuid.UUID, *, by: Actor, request: str) -> uuid.UUID:
    """Let a licence run on a machine whose number or whose product's request an Owner hands in; return the activation's id.

    Raises NotFound, RequestUnreadable, OtherLicence, LicenceEnded, NoSeat and TooManyTries.
    """
    listing.owned_for(by, licence_id)
    machine = _read(request.strip(), licence_id)
    throttle.consume("licences.activate", str(licence_id), activations.CALLS)
    licence, _organisation = _lock_for(by, licence_id)
    return activations.take_seat(licence, machine=machine).id


def _read(request: str, licence_id: uuid.UUID) -> str:
    """Return the machine that a request names: its number alone, or the JSON that a product with a network would send."""
    number = request.replace(" ", "").replace("-", "").lower()
    if files.is_machine(number):
        return number
    try:
        asked = json.loads(request)
        file, machine = asked["licence"], asked["machine"]
        found = files.read_ours(file.encode("utf-8", "surrogatepass"), kind=LICENCE)["id"]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError, Wrong):
        raise RequestUnreadable from None
    if found != str(licence_id):
        raise OtherLicence
    if not files.is_machine(machine):
        raise RequestUnreadable
    return str(machine)


def machine_for(by: Actor, licence_id: uuid.UUID, *, activation_id: uuid.UUID) -> Activation:
    """Return a machine that a licence runs on, with its signed file, for an Owner. Raises NotFound."""
    return _find(listing.owned_for(by, licence_id), activation_id=activation_id)


def deactivate_for(licence_id: uuid.UUID, *, by: Actor, activation_id: uuid.UUID) -> None:
    """Give back the seat of a machine on which the product was deactivated, by an Owner. Raises NotFound."""
    licence, _organisation = _lock_for(by, licence_id)
    activations.give_seat_back(licence, activation=_find(licence, activation_id=activation_id))


def release_for(licence_id: uuid.UUID, *, by: Actor, activation_id: uuid.UUID) -> None:
    """Give back the seat of a machine that is lost, at once, counted and told to every Owner. Raises NotFound."""
    licence, organisation = _lock_for(by, licence_id)
    activations.give_seat_back(licence, activation=_find(licence, activation_id=activation_id))
    licence.released += 1
    organisations.note(organisation, deed=Deed.MACHINE_RELEASED, by=by.person_id)


def _lock_for(by: Actor, licence_id: uuid.UUID) -> tuple[Licence, Organisation]:
    """Return a licence and its organisation, locked, once the actor is found to be its Owner still. Raises NotFound."""
    organisation, _mine = organisations.lock_for(by, listing.owned_for(by, licence_id).organisation_id, listing.OWNER)
    licence = db.lock(Licence, licence_id)
    if licence is None:
        raise NotFound
    return licence, organisation


def _find(licence: Licence, *, activation_id: uuid.UUID) -> Activation:
    found = select(Activation).where(Activation.licence_id == licence.id, Activation.id == activation_id)
    activation = db.session.scalar(found.execution_options(populate_existing=True))
    if activation is None:
        raise NotFound
    return activation
