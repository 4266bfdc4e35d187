"""How every story begins: an account in its owner's browser, and the thief who has the password and a fresh session."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pyotp

from portal.accounts import service as accounts
from portal.accounts.models import TotpFactor
from portal.accounts.service.factors import seal_secret
from portal.kit import clock
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from tests.takeover.reading import emails_to
from tests.takeover.service_hands import DEVICE
from tests.takeover.story import FIRST_PASSWORD, OWN, THEIRS, Hands, Person, Story


def begin(hands: Hands, *, has_factor: bool) -> tuple[Story, uuid.UUID]:
    """Make the account, sign its owner in, and give the thief a session; return the story and the account's id."""
    with unit_of_work():
        made = accounts.add_person(OWN, name="Ada Threadgold", password=FIRST_PASSWORD)
        person_id = made.id
        if has_factor:
            secret = pyotp.random_base32()
            long_ago = clock.now() - timedelta(days=365)
            sealed = seal_secret(person_id, secret=secret)
            db.session.add(TotpFactor(person_id=person_id, secret_sealed=sealed, created_at=long_ago, confirmed_at=long_ago))
    owner = Person(OWN, [FIRST_PASSWORD], factor=secret if has_factor else None)
    assert hands.sign_in(owner, OWN, FIRST_PASSWORD)
    with unit_of_work():
        stolen = accounts.open_session(person_id, device=DEVICE, by_second_factor=has_factor)
    thief = Person(THEIRS, [FIRST_PASSWORD], sessions=[hands.carry(stolen.secret)])
    return Story(owner, thief, clock.now(), emails_before=len(emails_to(OWN))), person_id
