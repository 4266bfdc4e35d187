"""People on the walk who work together: invited, joined, given another role, removed, gone, and all of it dissolved."""

from __future__ import annotations

import uuid

from portal.accounts.service import get_person
from portal.kit import clock
from portal.kit.unit import unit_of_work
from portal.organisations import mail
from portal.organisations.service import dissolutions, news, standings
from tests.language.ready.recovery import recover
from tests.language.ready.walk import PASSWORD, Reader, Walk
from tests.people import Somebody
from tests.privacy.conftest import Copy


def work_together(walk: Walk) -> None:
    """Found an organisation, let somebody in and out in every way, and dissolve it."""
    owner, other = walk.somebody("Ουρανία", "ourania"), walk.somebody("Φοίβη", "phoebe")
    hera, iris = walk.signed_in(owner), walk.signed_in(other)
    hera.get("/organisation")
    hera.submit("/organisation/new", name="")
    path = hera.submit("/organisation/new", name="Αργαλειοί").path
    hera.submit(f"{path}/name", name="Κλωστές")
    hera.submit(f"{path}/leave")
    hera.submit(f"{path}/dissolve")
    _decline(walk, hera, iris, path)
    _join(walk, hera, iris, path)
    place = str(hera.get(f"{path}/members").soup.select("main th a")[-1]["href"])
    for page in (hera.get(place), iris.get(place), iris.get(path)):
        assert page.status == 200
    for role in ("billing", "owner", "member"):
        hera.submit(f"{place}/role", role=role)
        iris.get(path)
    _disable(walk, hera, iris, place)
    hera.submit(f"{path}/invitations", email=other.email, role="member")
    hera.submit(f"{place}/remove")
    _join(walk, hera, iris, path)
    _hand_over(walk, hera, iris, path)
    _ask(walk, hera, iris, path)
    iris.submit(f"{path}/leave")
    hera.get(f"{path}/activity")
    hera.get(f"{path}/activity.csv")
    _ask_second_factor(walk, owner, hera, iris, path)
    _share_a_ticket(hera, iris, path)
    _take_along(walk, hera, iris, path)
    recover(walk, owner, other, hera, path)
    _dissolve(walk, owner, hera, iris, path)
    _hear_of_products(walk, owner, "Κλωστές")
    walk.read_emails()


def _disable(walk: Walk, hera: Reader, iris: Reader, place: str) -> None:
    hera.submit(f"{place}/disable", reason="")
    hera.submit(f"{place}/disable", reason="Λάθος κλειδί.")
    for reader, page in ((iris, "/organisation"), (hera, place), (hera, place.rpartition("/")[0])):
        reader.get(page)
    iris.get(f"/organisation/leave/{place.rpartition('/')[2]}")
    walk.read_emails()
    hera.submit(f"{place}/enable")
    walk.read_emails()


def _dissolve(walk: Walk, owner: Somebody, hera: Reader, iris: Reader, path: str) -> None:
    """Ask for it, keep it on the page and by the link, let it end with a defence, be reminded, and have it carried out."""
    for verb in ("keep", "link", "defence", "carry out"):
        hera.submit(f"{path}/dissolve", sure="y")
        for reader, page in ((hera, path), (iris, path), (hera, f"{path}/dissolve"), (hera, "/settings/privacy/delete")):
            reader.get(page)
        walk.read_emails()
        if verb == "keep":
            hera.submit(path, action=f"{path}/keep")
        elif verb == "link":
            hera.submit(walk.outbox.last(owner.email).link("/organisation/keep/"))
        else:
            _next_of(walk, owner, uuid.UUID(path.rpartition("/")[2]), verb)
        walk.read_emails()
        hera.get(f"{path}/activity")


def _next_of(walk: Walk, owner: Somebody, organisation_id: uuid.UUID, verb: str) -> None:
    with walk.app.app_context(), unit_of_work():
        if verb == "defence":
            dissolutions.end_dissolution(organisation_id, by=owner.account_id)
        else:
            organisation = standings.lock(organisation_id)
            news.tell(organisation, news=news.News.DISSOLUTION_REMINDER)
            dissolutions.dissolve(organisation, by=owner.account_id)


def _share_a_ticket(hera: Reader, iris: Reader, path: str) -> None:
    hera.get(f"{path}/tickets")
    ticket = iris.submit("/contact", subject="Βελόνα", message="Σπάει.").path
    iris.submit(ticket, action=f"{ticket}/share/{path.rpartition('/')[2]}")
    hera.get(f"{path}/tickets")
    hera.get(f"{path}/tickets/{ticket.rpartition('/')[2]}")
    iris.submit(ticket, action=f"{ticket}/stop-sharing")
    hera.get(f"{path}/activity")


def _take_along(walk: Walk, hera: Reader, iris: Reader, path: str) -> None:
    """The leaving pack: asked for by one Owner while another waits, stopped, prepared, downloaded, read."""
    packs = f"{path}/leaving-pack"
    place = str(hera.get(f"{path}/members").soup.select("main th a")[-1]["href"])
    hera.submit(f"{place}/role", role="owner")
    before = iris.get(packs)
    page = hera.submit(packs).path
    hera.get(packs)
    iris.get(packs)
    iris.send(before, action=packs)
    iris.get(packs)
    removal = f"{packs}/{page.split('/')[-3]}/delete"
    iris.submit(packs, action=removal)
    page = hera.submit(packs).path
    hera.get(page)
    walk.read_emails()
    hera.get(page)
    hera.get(packs)
    pack = Copy.of(hera.client.get(page.removesuffix("/page")).data)
    walk.read(pack.text("index.html"), "index.html of a leaving pack")
    hera.get(f"{path}/activity")
    hera.submit(packs, action=f"{packs}/{page.split('/')[-3]}/delete")
    hera.submit(f"{place}/role", role="member")
    walk.read_emails()


def _ask_second_factor(walk: Walk, owner: Somebody, hera: Reader, iris: Reader, path: str) -> None:
    _join(walk, hera, iris, path)
    hera.submit(f"{path}/second-factor", asked="y")
    walk.cast.give_factor(owner)
    hera.submit(f"{path}/second-factor", asked="y")
    walk.read_emails()
    for reader, page in ((iris, path), (hera, path), (hera, "/settings/second-factor/remove"), (hera, f"{path}/members")):
        reader.get(page)
    link = _invite(walk, hera, path, "nobody@example.com")
    walk.visitor().get(link)
    walk.read_emails()
    hera.submit(f"{path}/second-factor", asked="")
    walk.read_emails()
    hera.get(path)
    hera.get(f"{path}/activity")


def _hear_of_products(walk: Walk, owner: Somebody, name: str) -> None:
    """A product that nobody in this walk runs: it's late, and then it confirms."""
    with walk.app.app_context(), unit_of_work():
        person = get_person(owner.account_id)
        mail.products_late(name, products=["Παραγωγή"], to=person)
        mail.products_done(name, confirmed=[("Παραγωγή", clock.now(), hand) for hand in (False, True)], to=person)


def _invite(walk: Walk, hera: Reader, path: str, email: str) -> str:
    hera.submit(f"{path}/invitations", email=email, role="member")
    return walk.outbox.last(email).link("/invitation/")


def _decline(walk: Walk, hera: Reader, iris: Reader, path: str) -> None:
    link = _invite(walk, hera, path, "phoebe@example.com")
    iris.get("/organisation")
    for reader in (walk.visitor(), hera, iris):
        reader.get(link)
    hera.post(link, csrf_token=hera.get("/settings/profile").fields()["csrf_token"])
    iris.submit(link, action=f"{link}/decline")
    _invite(walk, hera, path, "nobody@example.com")
    for verb in ("/resend", "/revoke"):
        forms = hera.get(f"{path}/invitations").soup.find_all("form")
        hera.submit(f"{path}/invitations", action=next(each["action"] for each in forms if each["action"].endswith(verb)))
    walk.read_emails()


def _join(walk: Walk, hera: Reader, iris: Reader, path: str) -> None:
    iris.submit(_invite(walk, hera, path, "phoebe@example.com"))
    walk.read_emails()


def _hand_over(walk: Walk, hera: Reader, iris: Reader, path: str) -> None:
    page = f"{path}/hand-over"
    for email in ("", "stranger@example.com", "ourania@example.com"):
        hera.submit(page, email=email)
    for verb in ("cancel", "decline", "ended", "accept"):
        earlier = hera.get(page)
        hera.submit(page, email="phoebe@example.com")
        hera.send(earlier, email="phoebe@example.com")
        offer = _offered(hera, iris, path)
        if verb == "cancel":
            hera.submit(page, action=f"{offer}/cancel")
        elif verb == "ended":
            place = str(hera.get(f"{path}/members").soup.select("main th a")[-1]["href"])
            hera.submit(f"{place}/role", role="billing")
        else:
            iris.submit(offer, action=f"{offer}/{verb}")
        walk.read_emails()
    for reader in (hera, iris):
        reader.get("/settings/privacy/delete")
    iris.submit(page, email="ourania@example.com", leaves="y")
    offer = _offered(iris, hera, path)
    hera.submit(offer, action=f"{offer}/accept")
    walk.read_emails()


def _offered(owner: Reader, other: Reader, path: str) -> str:
    owner.get(path)
    owner.get(f"{path}/hand-over")
    other.get(path)
    offer = other.get("/organisation").soup.select_one("main a[href*='/hand-over/']")
    assert offer
    other.get(str(offer["href"]))
    return str(offer["href"])


def _ask(walk: Walk, hera: Reader, iris: Reader, path: str) -> None:
    requests = f"{path}/join-requests"
    free = walk.signed_in(walk.cast.make("Ρέα", "rhea@gmail.com", PASSWORD, language="zh_Hans", zone="Asia/Shanghai"))
    free.get(str(free.submit("/organisation/new", name="Υφάδι").path) + "/join-requests")
    for verb in ("open", "close", "open"):
        hera.submit(requests, action=f"{requests}/{verb}-domain")
    for verb in ("decline", "accept"):
        page = iris.get("/organisation")
        asking = next(form["action"] for form in page.soup.find_all("form") if "ask-to-join" in form["action"])
        iris.send(page, action=asking)
        iris.get("/organisation")
        link = str(hera.get(requests).soup.select("main table a")[0]["href"])
        if verb == "decline":
            hera.submit(link, action=f"{link}/decline")
        else:
            hera.submit(link, role="")
            hera.submit(link, role="member")
        walk.read_emails()
