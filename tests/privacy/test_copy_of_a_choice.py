"""A copy of chosen parts and days: what was chosen is in it, nothing else is, and it says so."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import Chapter, Subject, within
from portal.kit.db import db
from portal.privacy.service import Archive, Chosen
from portal.privacy.service.choices import DaysTurnedRound
from tests.privacy.conftest import Copy
from tests.support import samples

pytestmark = pytest.mark.both_databases


@pytest.fixture
def choose(cast, run_jobs):
    """Choose in a browser, and open what is fetched."""

    def take(visitor, **fields):
        page = visitor.submit("/settings/privacy/export/choose", **fields)
        assert page.path.endswith("/page"), page.text
        run_jobs()
        answer = visitor.client.get(page.path.removesuffix("/page"))
        assert answer.status_code == 200
        return Copy.of(answer.data)

    return take


def test_the_way_to_the_choice_stands_beside_the_button_and_everything_is_ticked(cast):
    ada = cast.sign_in(cast.ada)
    link = ada.get("/settings/privacy").soup.find(id="copy").find("a", href="/settings/privacy/export/choose")
    boxes = ada.get(link["href"]).soup.find_all("input", type="checkbox")
    assert [box["value"] for box in boxes] == [each.value for each in Chapter]
    assert all(box.has_attr("checked") for box in boxes)


def test_only_the_chosen_parts_are_in_it_and_it_says_which(cast, choose):
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Zips", message="Where?", files=samples.chosen(("a.pdf", samples.pdf())))
    copy = choose(ada, parts=["you", "choices"])
    assert "data/person.json" in copy.names and "data/consent_decision.json" in copy.names
    assert not [
        name for name in copy.names if "ticket" in name or "audit" in name or "visit" in name or name.endswith("pdf")
    ]
    assert copy.json("manifest.json")["chosen"] == {"chapters": ["you", "choices"], "first_on": None, "last_on": None}
    page = copy.text("index.html")
    assert "You chose a part of it." in page and 'id="tickets"' not in page
    assert "data/contact.vcf" in copy.names


def test_a_copy_of_tickets_alone_holds_their_files_and_no_card(cast, choose):
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Zips", message="Where?", files=samples.chosen(("a.pdf", samples.pdf())))
    copy = choose(ada, parts=["tickets"])
    assert [name for name in copy.names if name.endswith(("a.pdf", ".eml"))]
    assert "data/contact.vcf" not in copy.names and "data/person.json" not in copy.names


def test_without_a_choice_it_is_of_everything_and_says_so(cast, fetch):
    copy = fetch(cast.sign_in(cast.ada))
    assert copy.json("manifest.json")["chosen"] == "everything"
    assert "You chose a part of it." not in copy.text("index.html")


def test_only_the_chosen_days_are_in_it(cast, choose, clock):
    ada = cast.sign_in(cast.ada)
    old = ada.submit("/contact", subject="Old", message="Long ago", files=samples.chosen(("old.pdf", samples.pdf()))).path
    first = time.today()
    clock.forward(days=3)
    ada = cast.sign_in(cast.ada)
    ada.submit(old, message="Still there?", files=samples.chosen(("new.pdf", samples.pdf())))
    ada.submit("/contact", subject="New", message="Just now")
    everything = choose(ada, parts=[each.value for each in Chapter])
    later = choose(ada, parts=[each.value for each in Chapter], first_on=(first + timedelta(1)).isoformat())
    before = choose(ada, parts=[each.value for each in Chapter], last_on=first.isoformat())
    bodies = [{row["body"] for row in copy.json("data/ticket_message.json")} for copy in (everything, later, before)]
    assert bodies == [{"Long ago", "Still there?", "Just now"}, {"Still there?", "Just now"}, {"Long ago"}]
    files = [
        {name.rpartition("/")[2] for name in copy.names if name.endswith(".pdf")} for copy in (everything, later, before)
    ]
    assert files == [{"old.pdf", "new.pdf"}, {"new.pdf"}, {"old.pdf"}]
    assert "Long ago" not in later.text("index.html") and "Just now" not in before.text("index.html")
    assert len([name for name in before.names if name.endswith(".eml")]) == 1
    assert all(copy.json("data/person.json") for copy in (everything, later, before)), "the account itself is in any"
    assert later.json("manifest.json")["chosen"]["first_on"] == (first + timedelta(1)).isoformat()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"parts": []}, "Choose at least one part."),
        ({"parts": ["everything"]}, "Not a valid choice"),
        ({"parts": ["you"], "first_on": "2026-05-02", "last_on": "2026-05-01"}, "isn’t before the first one"),
        ({"parts": ["you"], "first_on": "yesterday"}, "Not a valid date"),
    ],
)
def test_what_cannot_be_chosen_is_said_and_nothing_starts(cast, fields, said, run_jobs):
    ada = cast.sign_in(cast.ada)
    page = ada.submit("/settings/privacy/export/choose", **fields)
    assert page.status == 422
    assert said in page.text or page.soup.find(class_="error")
    assert "being prepared" not in ada.get("/settings/privacy").text


def test_a_day_is_that_of_the_persons_own_zone(cast, unit):
    ada = cast.ada.account_id
    at = datetime(2026, 5, 1, 14, 30, tzinfo=UTC)
    with unit():
        line = {"event": "lab.planted", "subject_id": ada, "by_id": None, "facts": {}}
        db.session.execute(insert(AuditEntry), [{**line, "at": at}])
    with unit():
        found = {
            zone: "lab.planted" in copied(Archive(Subject(ada), zone=zone, chosen=of(date(2026, 5, 2))))
            for zone in ("UTC", "Australia/Sydney")
        }
    assert found == {"UTC": False, "Australia/Sydney": True}


def copied(archive: Archive) -> str:
    """Return the audit trail of a copy."""
    return Copy.of(b"".join(archive)).text("data/audit_entry.json")


def of(day: date) -> Chosen:
    return Chosen((Chapter.LOGS,), day, day)


def test_a_choice_is_stored_and_read_again():
    for chosen in (Chosen(), Chosen((Chapter.LOGS,)), of(date(2026, 2, 28)), Chosen(first_on=date(2026, 1, 1))):
        assert Chosen.of(chosen.stored()) == chosen
    assert Chosen().stored() is None
    with pytest.raises(DaysTurnedRound):
        Chosen(first_on=date(2026, 5, 2), last_on=date(2026, 5, 1))


def test_a_span_takes_its_first_instant_and_not_its_last():
    first, last = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    assert [within(at, (first, last)) for at in (first, last, first - timedelta(seconds=1))] == [True, False, False]
    assert within(first, (None, None))


def test_somebody_without_an_account_can_be_given_a_copy_too(cast, client, unit):
    client.submit("/contact", name="Guest", email="guest@example.com", subject="Zips", message="Where are mine?")
    with unit():
        copy = Copy.of(b"".join(Archive(Subject.of(emails=["guest@example.com"]))))
    assert copy.json("data/ticket_message.json")[0]["body"] == "Where are mine?"
    assert "Where are mine?" in copy.text("index.html")
    assert copy.json("manifest.json")["account"] is None
    assert cast.ada.email.encode() not in copy.everything
    assert uuid.UUID(copy.json("data/ticket.json")[0]["id"])
