"""Which machines a licence runs on: each takes a seat. The signed file is the proof of right, so nobody need sign in."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.kit import clock, throttle
from portal.kit.db import db
from portal.kit.refusals import Refusal
from portal.kit.unit import before_writes
from portal.licences.models import Activation, Licence
from portal.licences.service import files
from proof.verify_licence import ACTIVATION, LICENCE, Wrong

CALLS = "600 per hour"
"""Of one licence: a whole hall of machines in an hour, and no flood. What counts is the licence, never an address."""


class LicenceInvalid(Refusal):
    """The file is none of ours."""


class LicenceEnded(Refusal):
    """The licence was paid back, or its time is over."""


class NoSeat(Refusal):
    """Every seat is taken."""


class MachineUnknown(Refusal):
    """The licence runs on no such machine."""


@dataclass(frozen=True)
class Seats:
    """The seats of a licence after a call, with the activation's file where one was made."""

    seats: int
    seats_used: int
    activation: str | None = None


@before_writes
def activate(file: str, *, machine: str) -> Seats:
    """Let a licence run on a machine; asked again, the answer is the same and takes no second seat.

    Raises LicenceInvalid, LicenceEnded, NoSeat and TooManyTries.
    """
    licence = _lock_by_file(file)
    activation = take_seat(licence, machine=machine)
    return Seats(licence.seats, licence.seats_used, activation.file)


def take_seat(licence: Licence, *, machine: str) -> Activation:
    """Let a licence run on a machine. Call with the licence locked. Raises LicenceEnded and NoSeat."""
    if not licence.runs_on(clock.today()):
        raise LicenceEnded
    activation = _find(licence.id, machine=machine)
    if activation is None:
        if licence.seats_used >= licence.seats:
            raise NoSeat
        now = clock.now()
        file = files.write(ACTIVATION, payload=_payload(licence, machine=machine, activated_at=now))
        activation = Activation(id=uuid.uuid4(), licence_id=licence.id, machine=machine, activated_at=now, file=file)
        db.session.add(activation)
        licence.seats_used += 1
    return activation


def _payload(licence: Licence, *, machine: str, activated_at: datetime) -> dict[str, object]:
    return {"licence": str(licence.id), "machine": machine, "activated_on": activated_at.date().isoformat()}


@before_writes
def deactivate(file: str, *, machine: str) -> Seats:
    """Give a machine's seat back, also of a licence that has ended. Raises LicenceInvalid, MachineUnknown, TooManyTries."""
    licence = _lock_by_file(file)
    activation = _find(licence.id, machine=machine)
    if activation is None:
        raise MachineUnknown
    give_seat_back(licence, activation=activation)
    return Seats(licence.seats, licence.seats_used)


def give_seat_back(licence: Licence, *, activation: Activation) -> None:
    """Take a machine off a licence. Call with the licence locked."""
    db.session.delete(activation)
    licence.seats_used -= 1


def _lock_by_file(file: str) -> Licence:
    """Return the licence that a file is of, locked: who activates does so one after the other, so that no seat goes twice.

    What it allows is what we sold, whatever else the file says: a key that was stolen adds no seat here.
    """
    try:
        licence_id = uuid.UUID(files.read_ours(file.encode("utf-8", "surrogatepass"), kind=LICENCE)["id"])
    except Wrong:
        raise LicenceInvalid from None
    throttle.consume("licences.activate", str(licence_id), CALLS)
    licence = db.lock(Licence, licence_id)
    if licence is None:
        raise LicenceInvalid
    return licence


def _find(licence_id: uuid.UUID, *, machine: str) -> Activation | None:
    return db.session.scalar(select(Activation).where(Activation.licence_id == licence_id, Activation.machine == machine))
