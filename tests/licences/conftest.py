"""An organisation that bought a licence, by the verb that a purchase calls."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.kit.db import db
from portal.licences import service
from portal.licences.models import Licence
from tests.organisations.conftest import Team, found, team

__all__ = ["Team", "found", "team"]


@pytest.fixture
def buy(team: Team, unit: Callable) -> Callable[..., Licence]:
    """Let Ada's organisation buy a licence; return its row."""

    def grant(purchase_id: str = "", **changes: Any) -> Licence:
        bought: dict[str, Any] = {
            "purchase_id": purchase_id or str(uuid.uuid4()),
            "bought_by": team.owner.account_id,
            "product": "production-system",
            "plan": "workshop",
            "seats": 2,
            "perpetual": True,
            "updates_end_on": date(2027, 1, 1),
        }
        with unit():
            licence_id = service.grant(team.id, **bought | changes)
            return db.session.scalars(select(Licence).where(Licence.id == licence_id)).one()

    return grant


@pytest.fixture
def licence(buy: Callable[..., Licence]) -> Licence:
    """A perpetual licence of two seats."""
    return buy("a purchase")
