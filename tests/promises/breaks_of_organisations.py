"""How the promise about organisations is broken on purpose (P35)."""

from __future__ import annotations

import uuid
from dataclasses import replace

from portal.kit.actor import OrganisationRole
from portal.organisations.models import Organisation
from tests.promises.breaking import Tools, add, breaks


@breaks("only_what_is_listed")
def the_pages_of_members_open_to_billing_administrators(tools: Tools) -> None:
    view = tools.app.view_functions["organisations.members"]
    tag = view.access_tag  # type: ignore[attr-defined]  # every view has one
    tools.patch.setattr(view, "access_tag", replace(tag, within=frozenset(OrganisationRole)))


@breaks("always_an_owner")
def an_organisation_has_nobody(tools: Tools) -> None:
    add(Organisation(id=uuid.uuid4(), name="Nobody’s"))
