"""A copy is a bag: a tool that somebody else wrote finds it whole, and finds each change."""

from __future__ import annotations

import email
import io
import zipfile
from datetime import timedelta
from email import policy

import bagit
import pytest

from portal.kit import clock
from portal.kit.claims import Conversation, Said
from portal.legal.policy import COMPANY
from portal.privacy.service.bags import Bag
from portal.privacy.service.conversation_files import as_card, as_email
from tests.support import samples

pytestmark = pytest.mark.both_databases


@pytest.fixture
def unpacked(cast, fetch, tmp_path):
    """Ada's copy on the disk, with a ticket, a file in it and a photo."""
    ada = cast.sign_in(cast.ada)
    chosen = samples.chosen(("Größe 42 (50%0A).pdf", samples.pdf()), ("发票.png", samples.png()))
    ada.submit("/contact", subject="Zips", message="Where are\nmy zips?", files=chosen)
    ada.submit("/settings/avatar", photo=(io.BytesIO(samples.png()), "me.png"))
    copy = fetch(ada)
    copy.archive.extractall(tmp_path)
    return tmp_path / copy.folder


def test_everything_lies_in_one_folder_that_says_what_it_is(cast, fetch):
    copy = fetch(cast.sign_in(cast.ada))
    assert copy.folder == f"my-data-{clock.today().isoformat()}"
    assert copy.names[0] == "bagit.txt"
    assert copy.read("bagit.txt") == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def test_a_tool_for_bags_finds_it_whole(unpacked):
    bag = bagit.Bag(str(unpacked))
    assert bag.validate()
    assert bag.info["Source-Organization"] == COMPANY.name
    assert bag.info["Bagging-Date"] == clock.today().isoformat()
    payload = [path for path in unpacked.joinpath("data").rglob("*") if path.is_file()]
    assert bag.info["Payload-Oxum"] == f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"


def test_the_tool_finds_a_file_that_was_changed_and_one_that_is_missing(unpacked):
    for path in ("data/person.json", "data/contact.vcf", "index.html", "manifest.json", "bag-info.txt"):
        whole = (unpacked / path).read_bytes()
        (unpacked / path).write_bytes(whole[:-1] + b"~")
        with pytest.raises(bagit.BagError):
            bagit.Bag(str(unpacked)).validate()
        (unpacked / path).unlink()
        with pytest.raises(bagit.BagError):
            bagit.Bag(str(unpacked)).validate()
        (unpacked / path).write_bytes(whole)
    assert bagit.Bag(str(unpacked)).validate()


def test_a_file_that_was_put_in_is_found(unpacked):
    (unpacked / "data" / "more.txt").write_text("more")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(unpacked)).validate()


def test_a_ticket_is_an_email_file_with_each_message_as_a_message(unpacked):
    (path,) = unpacked.glob("data/tickets/*.eml")
    whole = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (whole["Subject"], whole.get_content_type()) == ("Zips", "multipart/digest")
    (part,) = whole.iter_parts()
    said = part.get_content()
    assert said["From"].addresses[0].addr_spec == "ada@example.com"
    lines = said.get_content().splitlines()
    assert lines[:2] == ["Where are", "my zips?"]
    assert len(lines[3:]) == 2 and all((unpacked / path).is_file() for path in lines[3:])
    assert not whole.defects and not said.defects


def test_an_answer_comes_from_our_team(app, cast, fetch):
    ada = cast.sign_in(cast.ada)
    ticket = ada.submit("/contact", subject="Zips", message="Where?").path
    cast.sign_in_staff(cast.sam).submit(ticket.replace("/support/", "/admin/tickets/"), message="In the drawer.")
    copy = fetch(ada)
    (name,) = [name for name in copy.names if name.endswith(".eml")]
    whole = email.message_from_bytes(copy.read(name), policy=policy.default)
    question, answer = [part.get_content() for part in whole.iter_parts()]
    assert question["To"].addresses[0].addr_spec == COMPANY.general_email == answer["From"].addresses[0].addr_spec
    assert answer["Subject"] == "Re: Zips"
    assert answer.get_content().strip() == "In the drawer."


def conversation(**changed):
    """Return a conversation in which somebody wrote what they liked."""
    at = clock.now()
    values = {
        "name": "AAAAA-BBBBB", "title": "Zips", "state": "Closed", "opened_at": at, "updated_at": at, "by_name": "Eve",
        "by_email": "eve@example.com", "said": lambda: [Said(at, "", "Hello"), Said(at + timedelta(1), "Our team", "Yes")],
    }  # fmt: skip
    return Conversation(**{**values, **changed})


def opened(talk):
    """Return a conversation's email file, as a mail program opens it."""
    return email.message_from_bytes(b"".join(as_email(talk, company=COMPANY, paths={})), policy=policy.default)


HOSTILE = ["a\r\nBcc: all@example.com", "\n\n--=_\n", "=?utf-8?q?x?=", "\u202eevil", "发票", "x" * 2000, ""]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("where", ["title", "by_name", "by_email", "name"])
def test_no_text_can_write_a_header_or_end_a_message(text, where):
    whole = opened(conversation(**{where: text}))
    assert whole["Bcc"] is None
    assert [part.get_content().get_content().strip() for part in whole.iter_parts()] == ["Hello", "Yes"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_somebody_said_stays_in_its_message(text):
    said = Said(clock.now(), "", text)
    whole = opened(conversation(said=lambda: [said]))
    (part,) = whole.iter_parts()
    assert part.get_content().get_content().strip() == text.replace("\n", "\r\n").replace("\r\r", "\r").strip()


def test_a_person_is_a_card_for_address_books(cast, fetch):
    lines = fetch(cast.sign_in(cast.ada)).read("data/contact.vcf").decode().split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert f"FN:{cast.ada.name}" in lines and f"EMAIL:{cast.ada.email}" in lines
    assert lines[-2:] == ["END:VCARD", ""]


def test_a_name_writes_no_line_of_a_card_and_long_ones_are_folded():
    card = as_card(name="Eve; the, \\ 1\r\nTEL:1" + "发" * 60, email="e@example.com", language="en", time_zone="UTC")
    assert all(len(line) <= 75 for line in card.split(b"\r\n"))
    unfolded = card.decode().replace("\r\n ", "").split("\r\n")
    assert unfolded[2] == "FN:Eve\\; the\\, \\\\ 1 TEL:1" + "发" * 60
    assert not any(line.startswith("TEL") for line in unfolded)


def test_pictures_are_not_packed_again_and_texts_are():
    bag = Bag("x")
    made = b"".join(
        [*bag.begin(), *bag.hand_out("a.png", [b"0" * 999], is_packed=True), *bag.hand_out("a.txt", [b"0" * 999]),
         *bag.finish({})]
    )  # fmt: skip
    sizes = {each.filename: each.compress_size for each in zipfile.ZipFile(io.BytesIO(made)).infolist()}
    assert sizes["x/data/a.png"] == 999 > sizes["x/data/a.txt"]


def test_which_data_comes_in_which_format_is_printed_from_the_register(client, cast, fetch):
    page = client.get("/privacy/formats")
    assert page.status == 200
    copy = fetch(cast.sign_in(cast.ada))
    listed = {code.get_text() for code in page.soup.find_all("code")}
    tables = {name for name in copy.names if name.startswith("data/") and name.endswith((".json", ".csv"))}
    assert len(tables) > 30
    assert tables <= listed
    columns = [name for each in copy.json("schema.json")["$defs"].values() for name in each["items"]["properties"]]
    assert set(columns) <= listed


def test_the_way_to_it_stands_beside_the_button(cast):
    ada = cast.sign_in(cast.ada)
    assert ada.get("/settings/privacy").soup.find(id="copy").find("a", href="/privacy/formats")
