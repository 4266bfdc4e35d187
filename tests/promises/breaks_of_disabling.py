"""How the promise about disabled accounts is broken on purpose (P38)."""

from __future__ import annotations

import uuid

from portal.accounts import service as accounts
from portal.disabling.models import Disabling, DisablingState, Rule
from portal.kit import clock
from tests.promises.breaking import Tools, add, breaks


@breaks("disabled_by_two")
def one_senior_decides_what_they_proposed(tools: Tools) -> None:
    ada, senior = tools.cast.ada.account_id, uuid.uuid4()
    accounts.disable(ada, by=senior)
    add(
        Disabling(
            person_id=ada, rule=Rule.SPAM, reason="Many emails.", state=DisablingState.IN_FORCE,
            proposed_by=senior, decided_by=senior, decided_at=clock.now(),
        )
    )  # fmt: skip


@breaks("disabled_can_appeal")
def the_appeal_is_shut(tools: Tools) -> None:
    tools.patch.delattr(tools.app.view_functions["disabling.appeal"], "open_while_disabled")
