"""How the promises about organisations are broken on purpose (P35, P41)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from portal.kit import clock
from portal.kit.actor import OrganisationRole
from portal.organisations.models import Dissolution, DissolutionCall, Organisation
from tests.promises.breaking import Tools, add, breaks


@breaks("only_what_is_listed")
def the_pages_of_members_open_to_billing_administrators(tools: Tools) -> None:
    view = tools.app.view_functions["organisations.members"]
    tag = view.access_tag  # type: ignore[attr-defined]  # every view has one
    tools.patch.setattr(view, "access_tag", replace(tag, within=frozenset(OrganisationRole)))


@breaks("always_an_owner")
def an_organisation_has_nobody(tools: Tools) -> None:
    add(Organisation(id=uuid.uuid4(), name="Nobody’s"))


@breaks("countdowns_on_time")
def a_countdown_that_ended_long_ago_is_not_carried_out(tools: Tools) -> None:
    organisation, long_ago = Organisation(id=uuid.uuid4(), name="Looms"), clock.now() - timedelta(days=30)
    add(organisation)
    ids = {"id": uuid.uuid4(), "organisation_id": organisation.id, "requested_by": tools.cast.ada.account_id}
    add(Dissolution(**ids, requested_at=long_ago, due_at=long_ago, reminders=2))


@breaks("late_products_named")
def nobody_hears_of_a_product_that_is_silent_for_weeks(tools: Tools) -> None:
    ids = {"call_id": uuid.uuid4(), "organisation_id": uuid.uuid4(), "by_id": tools.cast.ada.account_id}
    add(DissolutionCall(**ids, name="Looms", product="production", asked_at=clock.now() - timedelta(days=30)))
