"""The User Account in its owner's hands: name, language, time zone, photo (P03, P26)."""

from typing import BinaryIO

from portal.accounts.events import ProfileCorrected
from portal.accounts.service.people import lock_person, person_for
from portal.kit import audit, events, pictures, throttle
from portal.kit.actor import Actor
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.kit.unit import before_writes

PHOTOS_PER_PERSON = "30 per hour"


def change_profile(actor: Actor, *, name: str, language: str, time_zone: str) -> None:
    """Correct one's own name, language and time zone. The trail says which of them changed, never to what."""
    person = lock_person(person_for(actor).id)
    wanted = {"name": name, "language": language, "time_zone": time_zone}
    changed = [field for field, value in wanted.items() if getattr(person, field) != value]
    person.name, person.language, person.time_zone = name, language, time_zone
    if changed:
        audit.record("accounts.profile_changed", subject_id=person.id, by=person.id, fields=changed)
        events.publish(ProfileCorrected(person.id))


@before_writes
def set_avatar(actor: Actor, *, photo: bytes, file_name: str) -> None:
    """Keep a small square drawn from the photo, in place of the one before; the photo itself is not kept (P03).

    Raises the refusals of `kit.pictures`, TooManyTries, and Busy.
    """
    throttle.consume("accounts.avatar", str(actor.require_id()), PHOTOS_PER_PERSON)
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
