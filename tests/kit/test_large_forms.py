"""A form that is too large comes back with the texts that fit; nothing is done, and its bytes are held nowhere."""

import io
import tracemalloc

import pytest
from sqlalchemy import select

from portal.accounts import service as accounts
from portal.kit.db import db
from portal.support.models import Ticket
from tests.support import samples

MB = 1024 * 1024
FILES = "Together these files are larger than we can accept, so nothing was saved. Choose fewer or smaller ones."
TEXTS = "This is more text than we can accept, so nothing was saved. What didn’t fit was left out."
AGAIN = "Choose your files again: browsers don’t keep them."
TYPED = {"name": "Mallory Müller", "email": "m@example.com", "subject": "Markers “too long”", "message": "One\nand two."}


def tickets(app) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Ticket)).all())


class TestFiles:
    """More than 12 MB, on a page that takes files."""

    def test_the_form_comes_back_with_its_text(self, app, client):
        page = client.submit("/contact", **TYPED, files=samples.chosen(("film.pdf", b"x" * (40 * MB))))
        assert page.status == 413
        assert page.title == "Contact support"
        fields = page.fields()
        assert {name: fields[name].strip() for name in TYPED} == TYPED
        assert FILES in page.text and AGAIN in page.text
        assert tickets(app) == 0
        assert client.send(page, files=samples.chosen()).status == 200, "and can be sent again without them"
        assert tickets(app) == 1

    def test_so_it_does_to_whoever_is_signed_in_and_on_a_ticket(self, cast):
        ada = cast.sign_in(cast.ada)
        ada.submit("/contact", subject="S", message="M")
        (address,) = {link["href"] for link in ada.page("/support").soup.select("th a")}
        page = ada.submit(address, message="It grew.", files=samples.chosen(("a.txt", b"x" * (13 * MB))))
        assert (page.status, page.fields()["message"].strip()) == (413, "It grew.")

    def test_a_photo_that_is_too_large_says_so_on_its_page(self, cast):
        ada = cast.sign_in(cast.ada)
        page = ada.submit("/settings/avatar", photo=(io.BytesIO(b"x" * (13 * MB)), "me.jpg"))
        assert page.status == 413
        assert "Your photo" in page.title and FILES in page.text

    def test_who_has_to_sign_in_first_finds_the_text_afterwards(self, cast, client, clock):
        ada = cast.sign_in(cast.ada)
        ada.submit("/contact", subject="S", message="M")
        (address,) = {link["href"] for link in ada.page("/support").soup.select("th a")}
        page = ada.page(address)
        clock.forward(days=2)
        turned_away = ada.send(page, message="It grew.", files=samples.chosen(("a.txt", b"x" * (13 * MB))))
        assert turned_away.path == "/login"
        back = ada.send(turned_away, email=cast.ada.email, password=cast.ada.password)
        assert back.fields()["message"].strip() == "It grew."
        assert "choose files, again" in back.text


class TestTexts:
    """More than 256 KB of text, on any page."""

    @pytest.mark.parametrize("length", [300_000, 1_000_000, 20_000_000])
    def test_what_fits_comes_back(self, app, client, length):
        page = client.submit("/contact", **{**TYPED, "message": "x" * length})
        assert page.status == 413
        fields = page.fields()
        assert fields["message"].strip() == ""
        assert (fields["name"], fields["email"], fields["subject"]) == (TYPED["name"], TYPED["email"], TYPED["subject"])
        assert TEXTS in page.text
        assert tickets(app) == 0

    def test_on_a_page_without_files_too(self, client, outbox):
        page = client.submit("/report-misuse", email="m@example.com", message="x" * 300_000)
        assert (page.status, page.fields()["email"]) == (413, "m@example.com")
        assert TEXTS in page.text and AGAIN not in page.text
        assert outbox.all() == []

    def test_a_password_never_comes_back(self, client):
        page = client.submit("/login", email="m@example.com", password="p" * 300_000)
        assert page.status == 413
        assert page.fields().get("password", "") == ""
        page = client.submit(
            "/signup", name="n" * 300_000, email="m@example.com", password="seven green bobbins", accept_terms="y"
        )
        assert (page.status, page.fields()["email"], page.fields().get("password", "")) == (413, "m@example.com", "")
        assert "seven green bobbins" not in page.response.text

    def test_nothing_is_changed(self, cast, unit):
        ada = cast.sign_in(cast.ada)
        page = ada.submit("/settings/profile", name="Ada Other", extra="x" * 300_000)
        assert page.status == 413
        with unit():
            assert accounts.get_person(cast.ada.account_id).name == cast.ada.name

    def test_a_button_has_no_page_to_come_back(self, cast):
        ada = cast.sign_in(cast.ada)
        phone = cast.sign_in(cast.ada)
        page = ada.submit("/settings/security", action="/settings/sessions/revoke-others", extra="x" * 300_000)
        assert (page.status, page.title) == (413, "File too large")
        assert phone.page("/settings/profile").path == "/settings/profile"


class TestHostile:
    """Whatever is sent, it is an answer and no more memory."""

    def test_somebody_elses_form_and_a_forged_one_are_refused_as_ever(self, client, cast):
        ada, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
        stamp = ben.page("/settings/profile").fields()["person_stamp"]
        page = ada.submit("/settings/profile", name="Not Ada", person_stamp=stamp, extra="x" * 300_000)
        assert page.status == 422
        assert page.fields()["name"] == cast.ada.name
        forged = client.post("/contact", csrf_token="x", message="x" * 300_000)
        assert forged.status == 413

    @pytest.mark.parametrize("body", [b"&" * 13 * MB, b"a=1&" * 4 * MB, b"=" * 13 * MB, b"%" * 13 * MB, b"\xff" * 13 * MB])
    def test_a_flood_of_names_is_an_answer(self, client, body):
        answer = client.client.post("/login", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 413

    @pytest.mark.parametrize(
        "body",
        [b"--x\r\n" + b"rubbish" * 2 * MB, b"--x\r\n" * 2 * MB, b"x" * 13 * MB, b"\r" * 13 * MB, b"\r\n--" * 3 * MB],
    )
    def test_parts_that_are_none_are_an_answer(self, client, body):
        answer = client.client.post("/contact", data=body, content_type="multipart/form-data; boundary=x")
        assert answer.status_code == 413

    def test_texts_together_are_held_no_further_than_one_of_the_longest(self, client):
        page = client.submit("/contact", **TYPED, **{f"more{number}": "x" * 200_000 for number in range(50)})
        assert page.status == 413
        assert page.fields()["email"] == TYPED["email"]

    @pytest.mark.parametrize("said", [b'name="' + b"a" * 250_000 + b'"', b'name="a"' + b";" * 250_000])
    def test_parts_that_say_too_much_of_themselves_are_not_kept(self, app, said):
        body = (b"--x\r\nContent-Disposition: form-data; " + said + b"\r\n\r\n\r\n") * 60 + b"--x--\r\n"
        app.test_client().post("/contact")
        tracemalloc.start()
        answer = app.test_client().post("/contact", data=body, content_type="multipart/form-data; boundary=x")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert answer.status_code == 413
        assert most < 8 * MB

    @pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
    def test_it_costs_the_memory_of_a_small_one(self, app, kind):
        start = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
        body = Endless(start if "boundary" in kind else b"message=", 60 * MB)
        sent = {"CONTENT_LENGTH": str(60 * MB), "CONTENT_TYPE": kind, "wsgi.input": body}
        app.test_client().post("/contact")
        tracemalloc.start()
        answer = app.test_client().post("/contact", environ_overrides=sent)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert answer.status_code == 413
        assert body.left == 0, "read to its end, or its browser would not read the answer"
        assert most < 8 * MB


class Endless(io.RawIOBase):
    """A body of so many bytes, made as it is read."""

    def __init__(self, start: bytes, length: int) -> None:
        self.start, self.left = start, length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self.left)
        piece = (self.start + b"x" * size)[:size]
        buffer[:size], self.start = piece, self.start[size:]
        self.left -= size
        return size
