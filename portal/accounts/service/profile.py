"""The User Account in its owner's hands: name, language, time zone, photo, password (P03, P26)."""

from typing import BinaryIO

from portal.accounts.service.factors import WrongPassword
from portal.accounts.service.people import check_password, lock_person, person_for, set_password
from portal.accounts.service.sessions import SignedIn, end_sessions, renew_session
from portal.kit import audit, pictures, throttle
from portal.kit.actor import Actor
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes

PHOTOS_PER_PERSON = "30 per hour"
PASSWORDS_PER_PERSON = "10 per hour; 20 per day"
"""Changes that one account may try: each costs an email, hashes and a judgement. A reset by email has a limit of its own."""


def change_profile(actor: Actor, *, name: str, language: str, time_zone: str) -> None:
    """Correct one's own name, language and time zone. The trail says which of them changed, never to what."""
    person = lock_person(person_for(actor).id)
    wanted = {"name": name, "language": language, "time_zone": time_zone}
    changed = [field for field, value in wanted.items() if getattr(person, field) != value]
    person.name, person.language, person.time_zone = name, language, time_zone
    if changed:
        audit.record("accounts.profile_changed", subject_id=person.id, by=person.id, fields=changed)


@before_writes
def set_avatar(actor: Actor, *, photo: bytes, file_name: str) -> None:
    """Keep a small square drawn from the photo, in place of the one before; the photo itself is not kept (P03).

    Raises the refusals of `kit.pictures`, TooManyTries, and Busy.
    """
    throttle.spend("accounts.avatar", str(actor.person_id), PHOTOS_PER_PERSON)
    square = pictures.small_square(photo, name=file_name)
    person = lock_person(person_for(actor).id)
    if person.avatar_key:
        storage().delete(person.avatar_key)
    person.avatar_key = storage().store("avatar", [square])
    audit.record("accounts.avatar_set", subject_id=person.id, by=person.id, bytes=len(square))


def remove_avatar(actor: Actor) -> None:
    """Delete one's own photo; without one there is nothing to do."""
    person = lock_person(person_for(actor).id)
    if person.avatar_key:
        storage().delete(person.avatar_key)
        person.avatar_key = None
        audit.record("accounts.avatar_removed", subject_id=person.id, by=person.id)


def avatar_for(actor: Actor) -> BinaryIO:
    """Open the actor's own photo. Raises NotFound."""
    if actor.avatar_key is None:
        raise NotFound
    try:
        return storage().open(actor.avatar_key)
    except FileNotFoundError:
        raise NotFound from None


@before_writes
def change_password(actor: Actor, *, current: str, password: str) -> SignedIn:
    """Change one's own password: other sessions end, this one gets another secret (v5.0.0-6.2.3, 7.2.4, 7.4.3).

    Raises WrongPassword, which counts; TooManyTries, Busy, and what `set_password` raises.
    """
    person = person_for(actor)
    if not check_password(person, password=current):
        raise WrongPassword
    throttle.spend("accounts.password_change", str(person.id), PASSWORDS_PER_PERSON)
    set_password(person, password=password, keep_session=actor.session_id)
    return renew_session(actor, by_second_factor=False)


def end_other_sessions(actor: Actor) -> int:
    """End every session of the actor but this one; return how many."""
    person = person_for(actor)
    ended = end_sessions(person.id, but=actor.session_id)
    audit.record("accounts.other_sessions_ended", subject_id=person.id, by=person.id, count=ended)
    return ended
