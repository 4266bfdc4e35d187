"""Who sees what of a person in an organisation (P35): one list, gathered from the areas.

The policy, the Terms, invitations and the organisation's own page print it; what a colleague is shown is composed of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.kit.actor import OrganisationRole
from portal.kit.i18n import _, _l, listed
from portal.kit.running import App, Installed

ROLES = {
    OrganisationRole.OWNER: _l("Owners"),
    OrganisationRole.MEMBER: _l("Members"),
    OrganisationRole.BILLING: _l("Billing Administrators"),
}
"""What those in a role are called together, in the order in which they are named."""


@dataclass(frozen=True)
class Visible:
    """One thing about a person in an organisation, and the roles there to which it is shown."""

    key: str
    what: Any
    to: frozenset[OrganisationRole]


_VISIBLE = Installed[tuple[Visible, ...]]("visibility")


def init_app(app: App, visible: Sequence[Visible]) -> None:
    """Gather what the areas show, and give templates `who_sees()`. Raises RuntimeError when two bear one key."""
    keys = [each.key for each in visible]
    if len(set(keys)) != len(keys):
        raise RuntimeError("two things that are shown bear one key")
    _VISIBLE.install(app, tuple(visible))
    app.jinja_env.globals["who_sees"] = who_sees


def visible() -> tuple[Visible, ...]:
    """Return the whole list of the running app."""
    return _VISIBLE.get()


def who_sees() -> list[tuple[str, str]]:
    """Return the list in words: what, and who sees it. Last come those who see none of it."""
    rows = [(str(each.what), listed(name for role, name in ROLES.items() if role in each.to)) for each in visible()]
    blind = [name for role, name in ROLES.items() if not any(role in each.to for each in visible())]
    return [*rows, (str(_("None of this")), listed(blind))] if blind else rows
