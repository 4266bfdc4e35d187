"""The list of tickets: what it shows is on record first, everything about it stands in its address, and no email address."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from portal.kit import clock, staff_reads
from portal.kit.db import db
from portal.kit.staff_reads import StaffRead, StaffReadSubject
from portal.support.models import Ticket
from tests.support.test_tickets import counting

pytestmark = pytest.mark.both_databases

LIST = "/admin/tickets"
ADA = "ada@example.com"


@pytest.fixture
def put(unit):
    """Put a ticket into the database: `put("Zips", state="closed")` returns its id."""

    def one(subject, *, days=0, **more):
        at = clock.now() - timedelta(days=days)
        email = more.pop("email", "mei@example.com")
        ticket_id = uuid.uuid4()
        reference = f"{ticket_id.hex[:5]}-{ticket_id.hex[5:10]}".upper()
        values = {"name": "Mei", "reference": reference, "opened_at": at, "updated_at": at, **more}
        with unit():
            db.session.add(Ticket(id=ticket_id, subject=subject, email=email, email_key=email, **values))
        return ticket_id

    return one


@pytest.fixture
def lists(unit):
    """Return the lists that are on record, oldest first: which tickets each names, and whom it tells."""

    def stored():
        with unit():
            reads = db.session.scalars(
                select(StaffRead).where(StaffRead.basis == "ticket_list").order_by(StaffRead.at)
            ).all()
            about = db.session.execute(select(StaffReadSubject.read_id, StaffReadSubject.subject_id)).all()
            return [
                ({uuid.UUID(each) for each in read.row_ids}, {whom for read_id, whom in about if read_id == read.id}, read)
                for read in reads
            ]

    return stored


def lines(page):
    """Return what a list shows: the cells of each line."""
    return [
        [cell.get_text(" ", strip=True) for cell in line.select("th, td")] for line in page.soup.select("#list tbody tr")
    ]


def subjects(page):
    return [line[0] for line in lines(page)]


class TestWhatItShows:
    """A line for each ticket, from which one knows what it is."""

    def test_a_line_says_subject_name_age_language_and_reference(self, sam, put):
        put("Zips", days=39, name="Ada", reference="AAAAA-BBBBB", language="zh_Hans")
        assert lines(sam.get(LIST)) == [["Zips", "Ada", "39 days", "39 days", "简体中文", "AAAAA-BBBBB"]]

    @pytest.mark.parametrize(
        ("minutes", "said"), [(0, "0 minutes"), (59, "59 minutes"), (60, "1 hour"), (24 * 60, "1 day"), (8 * 1440, "8 days")]
    )
    def test_an_age_is_in_whole_days_hours_or_minutes(self, sam, put, minutes, said):
        put("Zips", days=minutes / 1440)
        assert lines(sam.get(LIST))[0][2:4] == [said, said]

    def test_what_a_stranger_typed_is_text(self, sam, put):
        put("<script>alert(1)</script>", name='"><img src=x>')
        page = sam.get(LIST)
        assert lines(page)[0][:2] == ["<script>alert(1)</script>", '"><img src=x>']
        assert page.soup.select("main script, main img") == []

    def test_who_has_waited_longest_comes_first_and_the_order_stands_in_the_address(self, sam, put):
        for subject, days, opened in (("B", 2, 9), ("A", 3, 4), ("C", 1, 8)):
            put(subject, days=days, opened_at=clock.now() - timedelta(days=opened))
        asked = ("", "?sort=waiting", "?sort=updated", "?sort=oldest", "?sort=newest")
        assert ["".join(subjects(sam.get(LIST + each))) for each in asked] == ["ABC", "ABC", "CBA", "BCA", "ACB"]

    def test_queues_and_languages_are_told_apart(self, sam, put):
        put("Open")
        put("Urgent", urgent=True, language="zh_Hans")
        put("Settled", urgent=True, state="closed")
        put("Theirs", state="waiting", language="zh_Hans")
        found = {each: sorted(subjects(sam.get(f"{LIST}?queue={each}"))) for each in ("open", "urgent", "waiting", "closed")}
        assert found == {
            "open": ["Open", "Urgent Urgent"],
            "urgent": ["Urgent"],
            "waiting": ["Theirs"],
            "closed": ["Urgent Settled"],
        }
        page = sam.get(LIST + "?language=zh_Hans")
        assert subjects(page) == ["Urgent Urgent"]
        assert [each.text for each in page.soup.select(".tabs a")] == [
            "Waiting for us (1)", "Urgent (1)", "Waiting for the customer (1)", "Closed (0)",
        ]  # fmt: skip

    @pytest.mark.parametrize("name", ["queue", "sort", "language", "after", "reference", "email"])
    @pytest.mark.parametrize("value", ["nonsense", "%00", "<b>", "ada@example.com", "Q" * 300])
    def test_what_nobody_offered_is_not_there(self, sam, put, name, value):
        put("Zips")
        assert sam.get(f"{LIST}?{name}={value}").status == 404

    def test_a_long_list_comes_in_pages_by_key_and_every_ticket_once(self, sam, put, unit):
        with unit():
            at = clock.now()
            for number in range(120):
                # Many of one instant: the id breaks the tie.
                opened = at - timedelta(days=number // 40)
                db.session.add(
                    Ticket(subject=f"T{number}", reference=f"R{number}", name="", email=ADA, email_key=ADA, opened_at=opened)
                )
        seen, address = [], f"{LIST}?sort=oldest&language=en"
        while address:
            page = sam.get(address)
            assert len(subjects(page)) <= 50
            seen += subjects(page)
            more = page.soup.select("p.actions a.secondary")
            address = more[0]["href"] if more else None
            assert address is None or all(each in address for each in ("after=", "sort=oldest", "language=en"))
        assert len(seen) == len(set(seen)) == 120


class TestOnRecord:
    """Nothing is shown to staff that is not on record (P36, P37)."""

    def test_a_list_is_one_entry_that_names_every_ticket_shown_and_tells_each_customer(self, sam, put, cast, lists):
        of_ada = put("Hers", subject_id=cast.ada.id)
        of_ben = put("His, typed into the form", email=cast.ben.email)
        of_nobody = put("A stranger's")
        report = put("", kind="misuse_reported", email=ADA, about_id=cast.ada.id)
        put("Settled", state="closed", subject_id=cast.ada.id)
        sam.get(LIST)
        ((named, told, read),) = lists()
        assert named == {of_ada, of_ben, of_nobody, report}
        assert told == {cast.ada.id, cast.ben.id}
        assert (read.staff_id, read.role, read.table_name, read.how_many) == (cast.sam.id, "support", "ticket", 4)
        assert read.basis_id == read.id

    def test_a_report_of_misuse_in_a_list_tells_its_reporter_and_never_the_account_it_names(self, sam, put, cast, lists):
        put("", kind="misuse_reported", email=ADA, about_id=cast.ada.id, subject_id=cast.ben.id)
        sam.get(LIST)
        ((_named, told, _read),) = lists()
        assert told == {cast.ben.id}

    def test_the_next_page_is_another_entry_that_names_the_others(self, sam, put, unit, lists):
        for number in range(51):
            put(f"T{number}", days=number)
        first = sam.get(LIST)
        sam.get(first.soup.select_one("p.actions a.secondary")["href"])
        (one, _told, _read), (two, _told, _read) = lists()
        assert (len(one), len(two), one & two) == (50, 1, set())

    def test_an_empty_list_shows_nobody_and_is_no_entry(self, sam, lists):
        sam.get(LIST)
        assert lists() == []

    def test_a_search_is_on_record_too_and_so_is_a_list_that_comes_back_with_an_error(self, sam, put, lists):
        put("Zips", reference="AAAAA-BBBBB")
        sam.get(f"{LIST}?reference=AAAAA-BBBBB")
        assert sam.submit(LIST, wanted="neither").status == 422
        assert len(lists()) == 3

    def test_without_a_record_nothing_is_shown(self, sam, put, monkeypatch):
        def fail(*_args, **_kw):
            raise RuntimeError("no audit trail")

        put("Zips")
        monkeypatch.setattr(staff_reads, "record", fail)
        page = sam.get(LIST)
        assert page.status == 500
        assert "Zips" not in page.text

    def test_a_customer_sees_one_line_a_day_however_often_the_list_is_opened(self, cast, put, clock, unit, lists):
        put("Hers", subject_id=cast.ada.id)
        put("Hers too", subject_id=cast.ada.id)
        for browser in (cast.sign_in_staff(cast.sam), cast.sign_in_staff(cast.sam)):
            browser.get(LIST)
            browser.get(LIST + "?sort=newest")
        ada = cast.sign_in(cast.ada)
        first = [cell.text for cell in ada.get("/settings/privacy/who-looked").soup.select("tbody td")]
        assert first == ["Our support team", "In the list of tickets"]
        clock.forward(days=1)
        cast.sign_in_staff(cast.sam).get(LIST)
        page = cast.sign_in(cast.ada).get("/settings/privacy/who-looked")
        assert page.text.count("In the list of tickets") == 2
        assert page.text.count("(UTC)") == 2
        # Each list names its tickets all the same.
        assert [len(named) for named, _told, _read in lists()] == [2] * 5
        with unit():
            assert db.session.scalar(select(func.count()).select_from(StaffReadSubject)) == 2

    def test_nobody_else_sees_that_and_a_copy_names_no_other_ticket(self, cast, sam, put, unit):
        from portal.accounts import service as accounts
        from portal.kit.claims import register

        put("Hers", subject_id=cast.ada.id)
        of_ben = put("His", subject_id=cast.ben.id)
        sam.get(LIST)
        assert "Nobody has looked" in cast.sign_in(cast.make("Eve", "eve@example.com", "eve sews seven blue hems")).get(
            "/settings/privacy/who-looked"
        ).text  # fmt: skip
        with unit():
            subject = accounts.subject_of(accounts.get_person(cast.ada.account_id))
            copies = {each.name: [str(row) for row in each] for each in register().export(subject)}
        assert len(copies["staff_read"]) == 1
        assert str(of_ben) not in str(copies)

    def test_a_list_costs_the_same_however_many_stand_in_it(self, app, cast, sam, put):
        put("Hers", subject_id=cast.ada.id)
        sam.get(LIST)
        with counting(app) as few:
            sam.get(LIST)
        for number in range(30):
            put(f"T{number}", email=cast.ben.email)
        with counting(app) as many:
            sam.get(LIST)
        assert len(many) == len(few)
        # Who acts, the list, its two entries, the counts.
        assert len([each for each in many if each.startswith(("SELECT", "INSERT"))]) == 5


class TestSearch:
    """By reference in the address, by email address as its hash."""

    @pytest.mark.parametrize("typed", ["AAAAA-22222", " aaaaa22222 ", "aaaaa 22222", "aaaaa - 22222"])
    def test_a_reference_as_people_type_it(self, sam, put, typed):
        put("Zips", reference="AAAAA-22222", state="closed")
        put("Buttons")
        page = sam.submit(LIST, wanted=typed)
        assert page.response.request.full_path == "/admin/tickets?reference=AAAAA-22222"
        assert subjects(page) == ["Closed Zips"]

    def test_by_an_email_address_all_tickets_in_any_state_and_no_address_anywhere(self, sam, put, outbox, client):
        client.submit("/contact", name="Ada", email="ADA@example.com", subject="New", message="Where?")
        put("Old", email=ADA, state="closed", days=3)
        put("Someone's")
        page = sam.submit(LIST, wanted=" Ada@EXAMPLE.com ")
        assert [each.split()[-1] for each in subjects(page)] == ["New", "Old"]
        address = page.response.request.full_path
        assert "ada" not in address.lower()
        assert subjects(sam.get(address)) == subjects(page)
        assert "ada@" not in page.response.text.lower()

    def test_the_next_page_of_a_search_holds_the_hash_only(self, sam, put):
        for number in range(51):
            put(f"T{number}", email=ADA)
        page = sam.submit(LIST, wanted=ADA)
        more = page.soup.select_one("p.actions a.secondary")["href"]
        assert "example" not in more and "%40" not in more and "@" not in more
        assert len(subjects(sam.get(more))) == 1

    def test_a_hash_is_of_our_secret_and_of_nobody_elses(self, sam, put, unit):
        put("Zips", email=ADA)
        sam.submit(LIST, wanted=ADA)
        with unit():
            (hashed,) = db.session.scalars(select(Ticket.email_hash))
        assert len(hashed) == 32
        assert subjects(sam.get(f"{LIST}?email={hashed}")) == ["Waiting for us Zips"]
        assert subjects(sam.get(f"{LIST}?email={'0' * 32}")) == []

    def test_after_a_change_of_secrets_a_search_finds_all_of_them_again(self, sam, put, unit):
        put("Of before", email=ADA)
        sam.submit(LIST, wanted=ADA)
        with unit():
            db.session.execute(update(Ticket).values(email_hash="0" * 32))
        put("Of since", email=ADA)
        assert len(subjects(sam.submit(LIST, wanted=ADA))) == 2

    def test_it_follows_a_customer_who_has_moved(self, cast, sam, outbox):
        ada = cast.sign_in(cast.ada)
        ada.submit("/contact", subject="Zips", message="Where?")
        address = sam.submit(LIST, wanted=ADA).response.request.full_path
        ada.submit("/settings/email", email="new@example.com")
        ada.submit(outbox.last("new@example.com").link("/email/confirm/"))
        assert subjects(sam.get(address)) == []
        assert len(subjects(sam.submit(LIST, wanted="new@example.com"))) == 1

    @pytest.mark.parametrize("typed", ["", "   ", "zips", "@", "AAAAA", "AAAAA-222222", "x" * 300])
    def test_anything_else_is_told_so(self, sam, put, typed):
        put("Zips")
        page = sam.submit(LIST, wanted=typed)
        assert page.status == 422
        assert page.soup.select("[role=alert]")

    def test_a_customer_cannot_search(self, cast, put):
        put("Zips", email=ADA)
        ada = cast.sign_in(cast.ada)
        token = ada.get("/settings/profile").fields()["csrf_token"]
        assert ada.post(LIST, csrf_token=token, wanted=ADA).status == 404


def test_a_tab_counts_up_to_a_thousand(sam, unit):
    def put(count, first):
        rows = [
            {"id": uuid.uuid4(), "reference": f"R{number}", "name": "", "email": ADA, "email_key": ADA, "subject": "Zips"}
            for number in range(first, first + count)
        ]
        with unit():
            db.session.execute(Ticket.__table__.insert(), [{**row, "state": "open", "kind": "contact"} for row in rows])

    put(1000, 0)
    assert sam.get(LIST).soup.select_one(".tabs a").text == "Waiting for us (1,000)"
    put(5, 1000)
    assert sam.get(LIST).soup.select_one(".tabs a").text == "Waiting for us (1,000+)"
    assert "1,000+ tickets are waiting for us" in sam.get("/admin/").text
