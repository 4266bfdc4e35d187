"""What a thief prepares in the account's organisations is nothing once the owner has defended it, by whichever defence.

Each move is played alone against every defence: beside others it does what it does alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from portal.accounts import service as accounts
from portal.app import LOAD_ACTOR
from portal.kit import clock
from portal.kit.actor import NOBODY, Actor, OrganisationRole
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.organisations import service as organisations
from portal.organisations.models import JoinDomain, Membership, Organisation, Recovery
from tests.takeover.service_hands import ServiceHands
from tests.takeover.stage import SETUPS, Stage, play_all_after, set_up
from tests.takeover.story import Hands, Story

OWNER, MEMBER = OrganisationRole.OWNER, OrganisationRole.MEMBER


@pytest.fixture
def stage(apps: Callable[[str], Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage on SQLite, where services are called."""
    with set_up(apps("sqlite"), ServiceHands, monkeypatch) as made:
        yield made


def _thief(story: Story) -> Actor:
    return LOAD_ACTOR(story.thief.sessions[-1]) or NOBODY


def _organisation(*, mine: uuid.UUID | None, role: OrganisationRole = OWNER) -> tuple[uuid.UUID, uuid.UUID]:
    """Make an organisation with somebody else in it as an Owner, and the account in a role; return both ids."""
    with unit_of_work():
        other = accounts.add_person("zoe@colleagues.example", name="Zoe", password="zoe knows every single stitch")
        made = Organisation(id=uuid.uuid4(), name="Looms")
        db.session.add(made)
        db.session.flush()
        people = {other.id: OWNER} | ({mine: role} if mine else {})
        db.session.add_all(
            Membership(organisation_id=made.id, person_id=person_id, role=each) for person_id, each in people.items()
        )
        return made.id, other.id


def dissolves(_hands: Hands, story: Story) -> bool:
    """Have an organisation of the account's dissolved."""
    thief = _thief(story)
    organisation_id, _other = _organisation(mine=thief.require_id())
    with unit_of_work():
        organisations.request_dissolution(organisation_id, by=thief)
    return True


def hands_over(_hands: Hands, story: Story) -> bool:
    """Offer ownership to an accomplice who is in the organisation."""
    thief = _thief(story)
    organisation_id, other = _organisation(mine=thief.require_id())
    with unit_of_work():
        accomplice = Membership.person_id == other, Membership.organisation_id == organisation_id
        db.session.query(Membership).where(*accomplice).update({"role": MEMBER})
    with unit_of_work():
        organisations.offer_hand_over(organisation_id, by=thief, email="zoe@colleagues.example", leaves=True)
    return True


def asks_for_recovery(_hands: Hands, story: Story) -> bool:
    """Ask to become an Owner of an organisation whose Owner has never come."""
    thief = _thief(story)
    organisation_id, _other = _organisation(mine=thief.require_id(), role=MEMBER)
    with unit_of_work():
        organisations.request_recovery(organisation_id, by=thief)
        assert db.session.query(Recovery).where(Recovery.organisation_id == organisation_id).count() == 1
    return True


def asks_to_join(_hands: Hands, story: Story) -> bool:
    """Ask to join an organisation at the domain of the account's address."""
    thief = _thief(story)
    organisation_id, other = _organisation(mine=None)
    with unit_of_work():
        accounts.get_person(other).email_key = "zoe@example.com"
        domain = JoinDomain(id=uuid.uuid4(), organisation_id=organisation_id, domain="example.com", opened_by=other)
        domain.opened_at = clock.now() - timedelta(days=1)
        db.session.add(domain)
    with unit_of_work():
        organisations.ask_to_join(domain.id, by=thief)
    return True


@pytest.mark.parametrize("move", [dissolves, hands_over, asks_for_recovery, asks_to_join], ids=lambda move: move.__name__)
def test_after_it_every_defence_gives_the_account_back_and_ends_it(stage: Stage, move: Callable) -> None:
    assert play_all_after(stage, move, SETUPS[0], ()) == []
