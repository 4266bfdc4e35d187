"""The organisation of the demo company, with a Member, and an invitation that waits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

from portal.accounts.service import find_by_email
from portal.kit import clock
from portal.kit.actor import OrganisationRole
from portal.kit.db import db
from portal.kit.unit import unit_of_work
from portal.organisations.models import Membership, Organisation, Recovery
from portal.organisations.service import stop_links
from tests.pictures.demo import Demo

PAGES = {
    "organisation": "",
    "rename": "/name",
    "members": "/members",
    "member": "/members/{ben}",
    "change_role": "/members/{ben}/role",
    "remove_member": "/members/{ben}/remove",
    "disable_member": "/members/{ben}/disable",
    "enable_member": "/members/{ben}/enable",
    "invitations": "/invitations",
    "activity": "/activity",
    "join_requests": "/join-requests",
    "hand_over": "/hand-over",
    "second_factor": "/second-factor",
    "leave": "/leave",
    "dissolve": "/dissolve",
    "recover": "/recover",
}
"""Page of an organisation -> where it is below the organisation's own."""


def page(name: str) -> Callable[[Demo], str]:
    """Return how the address of a page of the organisation comes about."""

    def address(made: Demo) -> str:
        path = _working_together(made)
        ada = made.signed_in("ada")
        members = ada.get(f"{path}/members").soup.select("main th a")
        ben = str(members[-1]["href"]).rpartition("/")[2]
        return path + PAGES[name].format(ben=ben)

    return address


def invited(made: Demo) -> str:
    """Return the link of an invitation."""
    path = _working_together(made)
    made.signed_in("ada").submit(f"{path}/invitations", email="dora@example.com", role="billing")
    return made.outbox.last("dora@example.com").link("/invitation/")


def dissolving(made: Demo) -> str:
    """Return the link by which an Owner keeps an organisation that is going to be dissolved."""
    sam = made.signed_in("sam")
    path = sam.submit("/organisation/new", name="Button Room").path
    sam.submit(f"{path}/dissolve", sure="y")
    return made.outbox.last("sam@example.com").link("/organisation/keep/")


def recovering(made: Demo) -> str:
    """Return the link by which an Owner ends somebody's request to become one."""
    path = made.signed_in("sam").submit("/organisation/new", name="Zip Room").path
    with made.app.app_context(), unit_of_work():
        sam, ben = (find_by_email(f"{name}@example.com") for name in ("sam", "ben"))
        assert sam and ben
        waits = {"requested_at": clock.now(), "due_at": clock.now() + timedelta(days=14)}
        place = {"id": uuid.uuid4(), "organisation_id": uuid.UUID(path.rpartition("/")[2]), "person_id": ben.id}
        recovery = Recovery(**place, **waits)
        db.session.add(recovery)
        return f"/organisation/stay-owner/{stop_links.stop_token(recovery, owner=sam, to=sam.email)}"


def offered(made: Demo) -> str:
    """Return the page on which Ben is offered ownership."""
    path = _working_together(made)
    made.signed_in("ada").submit(f"{path}/hand-over", email="ben@example.com")
    link = made.signed_in("ben").get("/organisation").soup.select_one("main a[href*='/hand-over/']")
    assert link
    return str(link["href"])


def shared(made: Demo) -> str:
    """Return the page of a ticket that Ada shares with the organisation."""
    path = _working_together(made)
    ada, ticket = made.signed_in("ada"), f"/support/{made.ticket_about('Markers')}"
    if "Stop sharing" not in ada.get(ticket).text:
        ada.submit(ticket, action=f"{ticket}/share/{path.rpartition('/')[2]}")
    return f"{path}/tickets/{ticket.rpartition('/')[2]}"


def disabled(made: Demo) -> str:
    """Return the page on which Ben reads that his account is disabled in the organisation, and why."""
    path, ada = _working_together(made), made.signed_in("ada")
    ben = str(ada.get(f"{path}/members").soup.select("main th a")[-1]["href"])
    ada.submit(f"{ben}/disable", reason="Your laptop was stolen on Friday. Tell me once you have a new one.")
    return "/organisation"


def shut_out(made: Demo) -> str:
    """Return the page on which Ben leaves another organisation, in which his account is disabled."""
    with made.app.app_context(), unit_of_work():
        dyers = Organisation(id=uuid.uuid4(), name="Dye House")
        db.session.add(dyers)
        db.session.flush()
        ids = {"organisation_id": dyers.id, "person_id": made.people["ben"].account_id}
        place = Membership(id=uuid.uuid4(), **ids, role=OrganisationRole.MEMBER, disabled_at=clock.now())
        db.session.add(place)
        return f"/organisation/leave/{place.id}"


def packed(made: Demo) -> tuple[str, str]:
    """Return the page of the leaving packs, and that of one which is ready."""
    path, ada = _working_together(made) + "/leaving-pack", made.signed_in("ada")
    came = [each for each in made.outbox.to("ada@example.com") if "/leaving-pack/" in each.text]
    if not came:
        ada.submit(path)
        made.run_jobs()
        came = [each for each in made.outbox.to("ada@example.com") if "/leaving-pack/" in each.text]
    return path, came[-1].link("/leaving-pack/")


def led(made: Demo) -> str:
    """Return the page to which somebody without a second factor is led by an organisation that asks for one."""
    sam = made.signed_in("sam")
    path = sam.submit("/organisation/new", name="Pattern Room").path
    sam.submit(f"{path}/invitations", email="ada@example.com", role="member")
    made.signed_in("ada").submit(made.outbox.last("ada@example.com").link("/invitation/"))
    sam.submit(f"{path}/second-factor", asked="y")
    return f"{path}/set-up-second-factor"


def asked(made: Demo) -> str:
    """Return the page on which the Owner answers somebody who asks to join."""
    path, ada = _working_together(made), made.signed_in("ada")
    requests = f"{path}/join-requests"
    if "Let them ask" in ada.get(requests).text:
        ada.submit(requests, action=f"{requests}/open-domain")
    if not ada.get(requests).soup.select("main table a"):
        greta = made.cast.sign_in(made.newcomer("Greta Gusset"))
        page = greta.get("/organisation")
        actions = [str(form["action"]) for form in page.soup.find_all("form")]
        greta.send(page, action=next(action for action in actions if "ask-to-join" in action))
    return str(ada.get(requests).soup.select("main table a")[0]["href"])


def _working_together(made: Demo) -> str:
    ada = made.signed_in("ada")
    path = str(ada.get("/organisation").soup.select("main th a")[0]["href"])
    if len(ada.get(f"{path}/members").soup.select("main th a")) > 1:
        return path
    ada.submit(f"{path}/invitations", email="ben@example.com", role="member")
    made.signed_in("ben").submit(made.outbox.last("ben@example.com").link("/invitation/"))
    ada.submit(f"{path}/invitations", email="carla@example.com", role="member")
    return path
