"""The part of a whole life in which an account is disabled for a breach of the Terms, and works again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Flask

from portal.disabling import service
from portal.disabling.models import Rule
from portal.kit.unit import unit_of_work
from tests.people import Cast


def be_disabled(app: Flask, cast: Cast, last: Callable[[str, str], str]) -> Iterator[None]:
    """Let every email about a disabled account be written; yield after each step, for whoever runs the jobs."""
    owner = cast.make("Lou Selvage", "lou@example.com", "lou knots the warp by moonlight")
    other = cast.make("Moe Treadle", "moe@example.com", "moe oils the treadle on fridays")
    lou = cast.sign_in(owner)
    path = lou.submit("/organisation/new", name="Treadles").path
    lou.submit(f"{path}/invitations", email=other.email, role="member")
    yield
    cast.sign_in(other).submit(last(other.email, "/invitation/"))
    one, two = (cast.staff_in(cast.sign_in_staff(each)) for each in (cast.sena, cast.hugo))
    with app.app_context(), unit_of_work():
        case = service.propose(owner.email, rule=Rule.SPAM, reason="Many emails to strangers.", by=one)
    with app.app_context(), unit_of_work():
        service.confirm(case, by=two)
    yield
    cast.sign_in(owner).submit("/account-disabled/appeal", text="It was a test.")
    with app.app_context(), unit_of_work():
        service.uphold(case, answer="It went to strangers.", by=two)
    yield
    with app.app_context(), unit_of_work():
        service.lift(case, answer="Enough time has passed.", by=two)
    yield
