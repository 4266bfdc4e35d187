"""Who sees what is one list: kept to, and printed wherever somebody may ask (P35)."""

from __future__ import annotations

from bs4 import Tag

from portal.kit.actor import OrganisationRole
from tests.conftest import Outbox, Visitor
from tests.organisations.conftest import Team
from tests.people import Cast

ON_THE_PAGE = {"Email address", "Role", "Joined", "Two-step verification"}
"""What stands on a colleague's page below the name."""
EVERYTHING = [
    ("Name", "Owners and Members"),
    ("Email address", "Owners and Members"),
    ("Role", "Owners and Members"),
    ("Joined", "Owners and Members"),
    ("Two-step verification", "Owners"),
    ("Whether your account is disabled there, and why", "Owners"),
    ("Activity in the organisation", "Owners"),
    ("Tickets that someone shares with it", "Owners and Members"),
    ("All of this in one download, the organisation’s leaving pack", "Owners"),
    ("None of this", "Billing Administrators"),
]
"""The list, stated once more by hand."""


def facts(part: Tag) -> list[tuple[str, str]]:
    """Return the facts that a part of a page lists."""
    return [(row.dt.get_text(), row.dd.get_text()) for row in part.select("dl.facts > div")]


def test_each_role_is_shown_what_the_list_names_and_nothing_else(cast: Cast, team: Team) -> None:
    for viewer, role in ((team.owner, "Owners"), (team.member, "Members")):
        page = cast.sign_in(viewer).get(team.place("billing"))
        assert page.soup.h1.get_text() == "Bea Ledger"
        assert {what for what, _value in facts(page.soup.main)} == {
            what for what, who in EVERYTHING if role in who
        } & ON_THE_PAGE
    bea = cast.sign_in(team.billing)
    assert [bea.get(path).status for path in (team.place("member"), f"{team.path}/members")] == [404, 404]
    assert not any(name in bea.get(team.path).soup.main.text for name in ("Ada", "Carl", team.member.email))


def test_everybody_reads_on_the_organisations_page_who_sees_what_of_them(cast: Cast, team: Team) -> None:
    for person in (team.owner, team.billing, team.member):
        panel = cast.sign_in(person).get(team.path).soup.find(id="who-sees")
        assert facts(panel) == EVERYTHING


def test_ones_own_page_says_it_and_nobody_elses_does(cast: Cast, team: Team) -> None:
    carl = cast.sign_in(team.member)
    assert facts(carl.get(team.place("member")).soup.find(id="who-sees")) == EVERYTHING
    assert carl.get(team.place("owner")).soup.find(id="who-sees") is None


def test_the_policy_and_the_terms_print_it(client: Visitor) -> None:
    for path, section in (("/privacy", "staff"), ("/terms", "organisations")):
        printed = facts(client.page(path).soup.find(id=section))
        assert all(row in printed for row in EVERYTHING)


def test_the_terms_say_what_each_role_is(client: Visitor) -> None:
    said = dict(facts(client.page("/terms").soup.find(id="organisations")))
    assert {role.label for role in OrganisationRole} <= said.keys()


def test_an_invitation_says_it_before_somebody_joins(cast: Cast, team: Team, outbox: Outbox) -> None:
    cast.sign_in(team.owner).submit(f"{team.path}/invitations", email=cast.ben.email, role="member")
    page = cast.sign_in(cast.ben).get(outbox.last(cast.ben.email).link("/invitation/"))
    assert all(row in facts(page.soup.main) for row in EVERYTHING)
