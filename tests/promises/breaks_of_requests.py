"""How each promise about requests is broken on purpose (P32, P33)."""

from __future__ import annotations

from portal.kit import clock
from portal.privacy import service
from portal.privacy.models import RequestState, Right
from tests.privacy.desk import plant
from tests.promises.breaking import DAY, Tools, breaks


@breaks("unproven_untouched")
def the_one_door_is_open(tools: Tools) -> None:
    tools.patch.setattr(service, "carry_out", lambda request: None)


@breaks("requests_in_time")
def an_answer_is_late(tools: Tools) -> None:
    arrived = clock.now() - 31 * DAY
    opened = {"state": RequestState.OPEN, "verified_at": arrived, "received_at": arrived, "due_at": arrived + 30 * DAY}
    plant(Right.COMPLAINT, alarms=3, **opened)
