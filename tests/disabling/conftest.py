"""Two seniors of our team, and a third; a customer whose account they may disable."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from portal.disabling import service
from portal.disabling.models import Rule
from tests.conftest import Visitor
from tests.people import Cast, Somebody

WHY = "On 3 November you read the orders of two other workshops with a password that isn’t yours."


def senior(cast: Cast, name: str) -> Somebody:
    """Make a further senior of our team, with a second factor."""
    made = cast.make(f"{name.title()} Tuck", f"{name}@example.com", f"{name} irons every single pleat")
    cast.give_role(made, "senior")
    cast.give_factor(made)
    return made


@pytest.fixture
def sena(cast: Cast) -> Visitor:
    """Whoever proposes, in the console."""
    return cast.sign_in_staff(cast.sena)


@pytest.fixture
def hugo(cast: Cast) -> Visitor:
    """Whoever decides, in the console."""
    return cast.sign_in_staff(cast.hugo)


@pytest.fixture
def propose(cast: Cast, sena: Visitor, unit: Callable) -> Callable[..., uuid.UUID]:
    """Have Sena propose to disable somebody; return the case's id."""

    def act(person: Somebody | None = None) -> uuid.UUID:
        with unit():
            return service.propose((person or cast.ada).email, rule=Rule.INTRUSION, reason=WHY, by=cast.staff_in(sena))

    return act


@pytest.fixture
def disable(propose: Callable[..., uuid.UUID], cast: Cast, hugo: Visitor, unit: Callable) -> Callable[..., uuid.UUID]:
    """Have both disable somebody; return the case's id."""

    def act(person: Somebody | None = None) -> uuid.UUID:
        made = propose(person)
        with unit():
            service.confirm(made, by=cast.staff_in(hugo))
        return made

    return act
