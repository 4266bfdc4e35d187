"""What the people of an organisation see of each other (P35): the one list that is printed and kept to."""

from collections.abc import Mapping
from typing import Any

from portal.kit.actor import OrganisationRole
from portal.kit.i18n import _l
from portal.kit.visibility import Visible
from portal.organisations.service.standings import MEMBER, OWNER

_OWNERS, _PEOPLE = frozenset({OWNER}), frozenset({OWNER, MEMBER})

OF_A_COLLEAGUE = (
    Visible("name", _l("Name"), _PEOPLE),
    Visible("email", _l("Email address"), _PEOPLE),
    Visible("role", _l("Role"), _PEOPLE),
    Visible("joined_at", _l("Joined"), _PEOPLE),
    Visible("has_second_factor", _l("Two-step verification"), _OWNERS),
    Visible("disabled", _l("Whether your account is disabled there, and why"), _OWNERS),
)
"""What a colleague consists of; each key is a field of `memberships.Colleague`."""
OF_DEEDS = (Visible("activity", _l("Activity in the organisation"), _OWNERS),)
VISIBLE = OF_A_COLLEAGUE + OF_DEEDS


def shown_to(role: OrganisationRole) -> tuple[Visible, ...]:
    """Return what whoever has this role is shown of a colleague, in order."""
    return tuple(each for each in OF_A_COLLEAGUE if role in each.to)


def only_shown(known: Mapping[str, Any], *, to: OrganisationRole) -> dict[str, Any]:
    """Return of what is known what this role is shown, and None in the place of everything else."""
    return {each.key: known[each.key] if to in each.to else None for each in OF_A_COLLEAGUE}
