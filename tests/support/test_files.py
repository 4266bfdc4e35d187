"""Which files we take, and how they come back: told by their content, inert, and never anybody else's (P16)."""

import time
import uuid
from datetime import timedelta

import pytest
import werkzeug.http
from sqlalchemy import func, select, update

from portal.kit import accepted_files as files
from portal.kit import clock as kit_clock
from portal.kit import office_parts
from portal.kit.actor import Actor
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.file_refusals import (
    FileDamaged,
    FileEmpty,
    FileHoldsProgram,
    FileIsTwoThings,
    FileNotWhatItSays,
    FileUnpacksTooLarge,
)
from portal.kit.files import storage
from portal.kit.refusals import NotFound
from portal.support import service
from portal.support.models import Attachment, Message, RemovedFile
from portal.support.service import attachments
from tests.support import samples

GOOD = {
    "pattern.pdf": samples.pdf(),
    "dot.png": samples.png(),
    "photo.jpg": samples.jpeg(),
    "photo.JPEG": samples.jpeg(),
    "cloth.webp": samples.webp(),
    "notes.txt": "Zuschnitt für Größe 42\n".encode(),
    "尺码.csv": "款式,数量\nA1,40\n".encode("gbk"),
    "order.docx": samples.office(),
    "sizes.xlsx": samples.office("xl/workbook.xml", samples.TABLE),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_customers_send_is_taken(name):
    taken = files.accept(samples.upload(name, GOOD[name]))
    assert taken.name == name
    assert taken.kind in files.KINDS


HOSTILE = {
    "a page": ("page.html", samples.HTML, files.FileKindNotTaken),
    "a picture that runs code": ("logo.svg", samples.SVG, files.FileKindNotTaken),
    "a program": ("setup.exe", b"MZ" + b"\0" * 64, files.FileKindNotTaken),
    "a second ending": ("invoice.pdf.exe", samples.pdf(), files.FileKindNotTaken),
    "an archive": ("all.zip", samples.archive(a=b"1"), files.FileKindNotTaken),
    "no ending": ("README", b"hello", files.FileKindNotTaken),
    "an ending behind a null": ("x.png\0.html", samples.png(), files.FileKindNotTaken),
    "an ending turned around": ("gnp.\u202egnp.html", samples.HTML, files.FileKindNotTaken),
    "a page named as a picture": ("logo.png", samples.HTML, FileNotWhatItSays),
    "a page named as text": ("notes.txt", samples.HTML, FileNotWhatItSays),
    "a page behind blanks and a mark": ("notes.txt", b"\xef\xbb\xbf \n\t" + samples.HTML, FileNotWhatItSays),
    "a drawing named as a table": ("data.csv", samples.SVG, FileNotWhatItSays),
    "a script named as text": ("run.txt", b"#!/bin/sh\nrm -rf /\n", FileNotWhatItSays),
    "a program named as text": ("a.txt", b"MZ\x90\0\x03", FileNotWhatItSays),
    "text with a null": ("a.txt", b"hello\0world", FileNotWhatItSays),
    "a PDF named as a picture": ("a.jpg", samples.pdf(), FileNotWhatItSays),
    "an archive behind a picture": ("a.png", samples.png() + samples.archive(a=b"1"), FileIsTwoThings),
    "a page behind a picture": ("a.png", samples.png() + samples.HTML, FileIsTwoThings),
    "an archive behind a photo": ("a.jpg", samples.jpeg() + samples.archive(a=b"1"), FileIsTwoThings),
    "an archive behind a PDF": ("a.pdf", samples.pdf() + samples.archive(a=b"1"), FileIsTwoThings),
    "a PDF behind a page": ("a.pdf", samples.HTML + samples.pdf(), FileIsTwoThings),
    "a broken picture": ("a.png", samples.png()[:-4], FileDamaged),
    "more behind a WebP": ("a.webp", samples.webp() + samples.HTML, FileIsTwoThings),
    "an archive named as a document": ("a.docx", samples.archive(a=b"1"), FileNotWhatItSays),
    "a table named as a document": ("a.docx", samples.office("xl/workbook.xml", samples.TABLE), FileNotWhatItSays),
    "a document behind a page": ("a.docx", samples.HTML + samples.office(), FileNotWhatItSays),
    "a document with more behind it": ("a.docx", samples.office() + b"x", FileIsTwoThings),
    "a document that climbs out": ("a.docx", samples.office(**{"..__..__etc__passwd": b"x"}), FileDamaged),
    "a document with macros": ("a.docx", samples.office(**{"word__vbaProject.bin": b"x"}), FileHoldsProgram),
    "nothing": ("a.txt", b"", FileEmpty),
    "one byte too many": ("a.txt", b"x" * (files.LARGEST + 1), files.FileTooLarge),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_not_what_it_says_is_refused(case):
    name, data, refusal = HOSTILE[case]
    with pytest.raises(refusal):
        files.accept(samples.upload(name, data))


def test_a_document_that_unpacks_to_a_hundred_times_its_size_is_refused():
    bomb = samples.office(word__media=b"\0" * (office_parts.LARGEST_UNPACKED + 1))
    assert len(bomb) < files.LARGEST
    with pytest.raises(FileUnpacksTooLarge):
        files.accept(samples.upload("a.docx", bomb))


def test_a_document_with_very_many_parts_is_refused_before_they_are_read():
    many = samples.office(**{f"word__{number}": b"" for number in range(30_000)})
    began = time.perf_counter()
    with pytest.raises(FileUnpacksTooLarge):
        files.accept(samples.upload("a.docx", many))
    assert time.perf_counter() - began < 0.5


def test_a_message_has_a_bound_for_its_files_together():
    with pytest.raises(files.TooManyFiles):
        files.accept_all([samples.upload("a.txt", b"x")] * (files.MOST_FILES + 1))
    with pytest.raises(files.FilesTooLarge):
        files.accept_all([samples.upload("a.txt", b"x" * (4 * 1024 * 1024))] * 3)


class TestJourney:
    """From the form to the download and to the end."""

    @pytest.fixture
    def ticket(self, cast):
        """Ada's browser on a ticket of hers with two files."""
        ada = cast.sign_in(cast.ada)
        sent = samples.chosen(("größe 42.pdf", samples.pdf()), ("<b>dot.png", samples.png()))
        return ada, ada.submit("/contact", subject="Sizes", message="See files.", files=sent)

    def links(self, page):
        return [link["href"] for link in page.soup.select("ul.files a")]

    def test_a_file_comes_back_as_an_inert_download(self, ticket):
        ada, page = ticket
        answer = ada.client.get(self.links(page)[0])
        assert answer.data == samples.pdf()
        assert answer.mimetype == "application/pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment; ")
        assert "filename*=UTF-8''gr%C3%B6%C3%9Fe" in disposition
        assert "\n" not in disposition

    def test_a_name_is_shown_as_text(self, ticket):
        _ada, page = ticket
        assert "<b>dot.png" in page.text
        assert page.soup.select("ul.files b") == []

    def test_a_name_cannot_break_out_of_its_header(self, ticket, unit):
        ada, page = ticket
        with unit():
            db.session.execute(update(Attachment).values(name='a"; filename="evil.html\u202e.pdf'))
        (disposition,) = ada.client.get(self.links(page)[0]).headers.getlist("Content-Disposition")
        assert werkzeug.http.parse_options_header(disposition)[1]["filename"].startswith('a"; filename="evil')

    def test_the_page_says_when_each_file_goes(self, ticket, unit):
        _ada, page = ticket
        assert page.text.count("Will be deleted on") == 2
        with unit():
            for row in db.session.scalars(select(Attachment)):
                assert timedelta(days=89) < row.expires_at - kit_clock.now() <= timedelta(days=90)

    def test_another_customers_file_is_as_absent_as_none(self, ticket, cast):
        _ada, page = ticket
        ben = cast.sign_in(cast.ben)
        theirs = ben.client.get(self.links(page)[0])
        none = ben.client.get(f"/support/files/{uuid.uuid4()}")
        assert theirs.status_code == none.status_code == 404
        assert ben.get(self.links(page)[0]).text == ben.get(f"/support/files/{uuid.uuid4()}").text

    def test_another_customer_cannot_delete_it(self, ticket, cast, unit):
        ada, page = ticket
        ben = cast.sign_in(cast.ben)
        token = ben.get("/contact").fields()["csrf_token"]
        assert ben.post(self.links(page)[0] + "/delete", csrf_token=token).status == 404
        assert ada.client.get(self.links(page)[0]).status_code == 200

    def test_a_stranger_is_sent_to_sign_in(self, ticket, client):
        _ada, page = ticket
        assert client.client.get(self.links(page)[0]).status_code == 303

    def test_its_owner_deletes_it_now_and_the_note_stays(self, ticket, unit):
        ada, page = ticket
        (key, *_rest) = self.links(page)
        after = ada.send(page, action=key + "/delete")
        assert "Its owner deleted it" in after.text
        assert "größe" not in after.text
        assert ada.client.get(key).status_code == 404
        with unit():
            assert len(list(storage().keys("attachment"))) == 1

    def test_when_its_time_is_up_it_is_gone_before_and_after_the_sweep(self, ticket, cast, unit, clock):
        ada_id = cast.ada.id
        clock.forward(days=91)
        with unit():
            row = db.session.scalars(select(Attachment)).first()
            with pytest.raises(NotFound):
                service.attachment_for(Actor(person_id=ada_id, email="ada@example.com"), row.id)
            assert register().sweep()["ticket_attachment"] == 2
        with unit():
            assert list(storage().keys("attachment")) == []
            assert db.session.scalar(select(func.count()).select_from(RemovedFile)) == 2
            assert db.session.scalar(select(func.count()).select_from(Message)) == 1

    def test_a_refused_message_leaves_no_file(self, cast, unit):
        ada = cast.sign_in(cast.ada)
        sent = samples.chosen(("a.png", samples.png()), ("b.png", samples.HTML))
        page = ada.submit("/contact", subject="Sizes", message="See files.", files=sent)
        assert page.status == 422
        assert "“b.png” isn’t the kind of file its name says" in page.text
        assert "Choose your files again" in page.text
        assert page.fields()["message"].strip() == "See files."
        with unit():
            assert list(storage().keys("attachment")) == []

    def test_one_person_cannot_fill_the_disk(self, cast, unit, monkeypatch):
        monkeypatch.setattr(attachments, "MOST_STORED", len(samples.pdf()) * 2)
        ada = cast.sign_in(cast.ada)
        three = [
            ada.submit("/contact", subject="S", message="M", files=samples.chosen(("a.pdf", samples.pdf()))) for _ in "123"
        ]
        assert [page.status for page in three] == [200, 200, 422]
        assert "too many files" in three[-1].text
        with unit():
            assert len(list(storage().keys("attachment"))) == 2

    def test_strangers_together_cannot_fill_the_disk_whatever_addresses_they_name(self, cast, client, unit, monkeypatch):
        monkeypatch.setattr(attachments, "MOST_OF_STRANGERS", len(samples.pdf()) * 2)

        def send(visitor, email):
            sent = samples.chosen(("a.pdf", samples.pdf()))
            about = {"name": "M", "email": email} if email else {}
            return visitor.submit("/contact", **about, subject="S", message="M", files=sent)

        three = [send(client, f"stranger{n}@example.com") for n in "123"]
        assert [page.status for page in three] == [200, 200, 422]
        assert "We can’t take files without an account right now." in three[-1].text
        assert client.submit("/contact", name="M", email="m@example.com", subject="S", message="M").status == 200
        assert send(cast.sign_in(cast.ada), None).status == 200
        with unit():
            assert len(list(storage().keys("attachment"))) == 3

    def test_a_request_that_is_too_large_is_refused_as_a_whole(self, client):
        page = client.submit("/contact", name="M", email="m@example.com", subject="S", message="M",
                             files=samples.chosen(*[(f"{n}.txt", b"x" * (3 * 1024 * 1024)) for n in range(5)]))  # fmt: skip
        assert page.status == 413
