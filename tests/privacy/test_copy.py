"""Taking a copy: asked for, built in the background, fetched by its person alone, gone in time."""

import csv
import io
import json
import uuid

import pytest
from sqlalchemy import select, update

from portal.accounts.models import Person
from portal.jobs import worker
from portal.jobs.models import Job, JobState
from portal.kit import clock as time
from portal.kit import spreadsheets
from portal.kit.claims import register
from portal.kit.db import db
from portal.kit.files import storage
from portal.privacy.models import Export
from portal.privacy.service import archive, bags
from tests.privacy.conftest import Copy, link_of, start
from tests.support import samples

pytestmark = pytest.mark.both_databases


def test_a_customer_takes_a_copy(cast, run_jobs, outbox):
    ada = cast.sign_in(cast.ada)
    page = start(ada)
    assert page.soup.find("progress")
    assert page.soup.find(attrs={"data-progress-url": True})
    assert ada.get(link_of(ada)).path == page.path, "a file that is not ready has its page"
    run_jobs()
    ready = ada.get(page.path)
    assert "Your download is ready" in ready.text
    assert ready.soup.find("a", href=link_of(ada))
    answer = ada.client.get(link_of(ada))
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename=my-data-{time.today()}")
    assert answer.headers["Cache-Control"] == "no-store"
    copy = Copy.of(answer.data)
    assert copy.json("data/person.json")[0]["email"] == cast.ada.email
    assert cast.ada.email in copy.text("index.html")
    email = outbox.last(cast.ada.email)
    assert email.link("/settings/privacy/export/") == page.path


def test_asking_for_the_headers_alone_is_no_download(cast, run_jobs):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    whole = ada.client.head(link_of(ada))
    assert (whole.status_code, whole.data) == (200, b"")
    assert "Downloaded" not in ada.get("/settings/privacy/requests").text
    answer = ada.client.get(link_of(ada))
    assert answer.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(answer.data))
    assert "Downloaded" in ada.get("/settings/privacy/requests").text


def test_progress_is_told_to_the_page(cast, run_jobs):
    ada = cast.sign_in(cast.ada)
    url = start(ada).soup.find(attrs={"data-progress-url": True})["data-progress-url"]
    assert ada.client.get(url).json == {"state": "waiting", "done": 0, "total": 0, "said": ""}
    run_jobs()
    assert ada.client.get(url).json["state"] == "ready"
    assert cast.sign_in(cast.ben).client.get(url).status_code == 404


def test_the_manifest_says_whose_copy_it_is_and_under_which_policy(cast, fetch):
    manifest = fetch(cast.sign_in(cast.ada)).json("manifest.json")
    assert manifest["account"] == str(cast.ada.id)
    assert manifest["policy_version"]


def test_every_table_about_people_stands_in_the_copy_as_json_and_csv(app, cast, fetch):
    names = set(fetch(cast.sign_in(cast.ada)).names)
    with app.app_context():
        lines = [holding.name for holding in register().holdings() if holding.is_disclosed]
    assert {f"data/{name}.{kind}" for name in lines for kind in ("json", "csv")} <= names


def test_csv_and_json_agree_and_follow_the_schema(cast, fetch):
    copy = fetch(cast.sign_in(cast.ada))
    schema = copy.json("schema.json")["$defs"]
    for name, described in schema.items():
        rows = copy.json(f"data/{name}.json")
        table = list(csv.reader(io.StringIO(copy.text(f"data/{name}.csv"), newline="")))
        columns = list(described["items"]["properties"])
        assert table[0] == columns
        assert len(table) - 1 == len(rows)
        assert all(list(row) == columns for row in rows)
    assert schema["person"]["items"]["properties"]["created_at"]["format"] == "date-time"


def test_no_hash_and_no_secret_is_in_the_copy_and_it_says_why(app, cast, fetch):
    copy = fetch(cast.sign_in(cast.sam))
    with app.app_context():
        password_hash = db.session.scalar(select(Person.password_hash).where(Person.id == cast.sam.id))
    everything = copy.everything
    assert password_hash.encode() not in everything
    assert b"$argon2" not in everything
    withheld = {(each["dataset"], each["column"]): each["why"] for each in copy.json("manifest.json")["withheld"]}
    assert "hash" in withheld["person", "password_hash"]
    assert withheld["totp_factor", "secret_sealed"]
    assert "Left out" in copy.text("index.html")


def test_nothing_of_anybody_else_is_in_the_copy(cast, fetch):
    assert cast.ben.email
    copy = fetch(cast.sign_in(cast.ada))
    everything = copy.everything
    assert cast.ada.email.encode() in everything
    assert cast.ben.email.encode() not in everything
    assert str(cast.ben.id).encode() not in everything


def test_a_stranger_s_copy_looks_like_one_that_never_was(cast, run_jobs, client):
    ada, ben = cast.sign_in(cast.ada), cast.sign_in(cast.ben)
    start(ada)
    run_jobs()
    url = link_of(ada)
    theirs, none = ben.get(url), ben.get(f"/settings/privacy/export/{uuid.uuid4()}")
    assert (theirs.status, theirs.text) == (none.status, none.text)
    assert theirs.status == 404
    assert ben.post(url + "/delete", **ben.get("/settings/privacy").fields()).status == 404
    assert client.get(url).path == "/login"
    assert ada.client.get(url).status_code == 200
    assert ben.get("/settings/privacy/export/1").status == 404


def test_a_session_that_is_not_fresh_must_prove_itself_first(cast, run_jobs, clock):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    url = link_of(ada)
    clock.forward(minutes=31)
    assert ada.get(url).path == "/confirm-identity"
    pressed = ada.post(
        "/settings/privacy/export",
        headers={"Referer": "http://localhost/settings/privacy"},
        **ada.get("/settings/privacy").fields("/settings/privacy/export"),
    )
    assert pressed.path == "/confirm-identity"
    assert pressed.response.request.args["next"] == "/settings/privacy"


def test_a_second_press_returns_to_the_running_copy(app, cast, run_jobs):
    ada = cast.sign_in(cast.ada)
    start(ada)
    first = link_of(ada)
    ada.post("/settings/privacy/export", csrf_token=ada.get("/settings/privacy/delete").fields()["csrf_token"])
    assert link_of(ada) == first
    with app.app_context():
        assert len(db.session.scalars(select(Export)).all()) == 1
    run_jobs()


def test_five_a_day_and_then_wait(cast, run_jobs, clock):
    ada = cast.sign_in(cast.ada)
    for _time in range(5):
        assert start(ada).status == 200
        run_jobs()
    refused = start(ada)
    assert refused.status == 429
    assert int(refused.response.headers["Retry-After"]) > 0
    clock.forward(hours=23, minutes=59)
    again = cast.sign_in(cast.ada)
    assert start(again).status == 200


def test_a_newer_copy_takes_the_place_of_the_older_and_its_file(app, cast, run_jobs):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    first = link_of(ada)
    start(ada)
    run_jobs()
    assert link_of(ada) != first
    assert ada.get(first).status == 404
    with app.app_context():
        assert len(list(storage().keys("export"))) == 1


def test_the_person_may_delete_the_copy_early(app, cast, run_jobs):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    url = link_of(ada)
    delete = url.rpartition("/")[0] + "/delete"
    assert "Download deleted." in ada.submit("/settings/privacy", action=delete).text
    assert ada.get(url).status == 404
    with app.app_context():
        assert list(storage().keys("export")) == []


def test_after_its_period_the_copy_is_gone_and_so_is_its_file(app, cast, run_jobs, clock):
    ada = cast.sign_in(cast.ada)
    start(ada)
    run_jobs()
    url = link_of(ada)
    clock.forward(days=7, minutes=1)
    assert cast.sign_in(cast.ada).get(url).status == 404
    with app.app_context(), worker.unit_of_work():
        assert register().sweep()["export"] == 1
    with app.app_context():
        assert list(storage().keys("export")) == []


def test_the_first_fetch_is_noted_once(app, cast, fetch):
    ada = cast.sign_in(cast.ada)
    fetch(ada)
    ada.client.get(link_of(ada))
    assert ada.get("/settings/privacy/requests").text.count("Downloaded") == 1


def test_a_job_that_was_given_up_lets_the_person_start_again(app, cast, run_jobs, unit):
    ada = cast.sign_in(cast.ada)
    start(ada)
    first = link_of(ada)
    with unit():
        db.session.execute(update(Job).where(Job.kind == "privacy.build_export").values(state=JobState.FAILED))
    assert "couldn’t be prepared" in ada.get(first).text
    assert start(ada).status == 200
    assert link_of(ada) == first
    run_jobs()
    assert ada.client.get(first).status_code == 200


def test_killed_while_building_it_leaves_no_file_and_builds_again(app, cast, run_jobs, monkeypatch, clock):
    ada = cast.sign_in(cast.ada)
    start(ada)
    with monkeypatch.context() as broken:
        broken.setattr(archive.Archive, "_manifest", lambda self: 1 / 0)
        run_jobs()
    with app.app_context():
        assert list(storage().keys("export")) == []
        assert list(storage().folder.glob("export/??/*")) == []
    clock.forward(minutes=1)
    run_jobs()
    assert ada.client.get(link_of(ada)).status_code == 200


def test_a_copy_whose_account_closes_meanwhile_is_dropped(app, cast, run_jobs, outbox):
    ada = cast.sign_in(cast.ada)
    start(ada)
    ada.submit("/settings/privacy/delete", confirm="y")
    run_jobs()
    with app.app_context():
        assert db.session.scalars(select(Export)).all() == []
        assert list(storage().keys("export")) == []
    assert [email.subject for email in outbox.to(cast.ada.email)] == ["Your account is closed"]


HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "＝1+1",
    "<script>alert(1)</script>",
    "\u202eevil",
    '"=1,2"',
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(cast, fetch, name):
    eve = cast.make(name, "eve@example.com", "eve writes what she likes here")
    copy = fetch(cast.sign_in(eve))
    assert copy.json("data/person.json")[0]["name"] == name
    rows = list(csv.DictReader(io.StringIO(copy.text("data/person.csv"), newline="")))
    assert rows[0]["name"].removeprefix("'") == name
    for row in rows:
        for value in row.values():
            assert not value.startswith(spreadsheets.FORMULA)
    page = copy.text("index.html")
    assert "<script" not in page
    assert 'http-equiv="Content-Security-Policy"' in page
    if name.startswith("\u202e"):
        assert f"<bdi>{name}</bdi>" in page


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠a"])
def test_a_cell_is_never_a_formula(value):
    assert spreadsheets.cell(value) == "'" + value


@pytest.mark.parametrize("value", ["a=1", "1-1", "", -5, 0, None, True])
def test_a_plain_cell_stays_as_it_is(value):
    assert spreadsheets.cell(value) is value


def test_a_cell_holds_structures_as_json():
    assert json.loads(spreadsheets.cell({"a": ["=1"]})) == {"a": ["=1"]}


def test_files_keep_the_names_that_their_person_gave_them(cast, fetch):
    ada = cast.sign_in(cast.ada)
    sent = ["रिपोर्ट.pdf", "รายงานปัญหา.pdf", "نامه\u200cها.pdf", "Größe 42 (1).pdf"]
    chosen = samples.chosen(*[(name, samples.pdf()) for name in sent], ("👨\u200d👩\u200d👧.png", samples.png()))
    page = ada.submit("/contact", subject="Names", message="See files.", files=chosen)
    names = [*sent, "👨\u200d👩\u200d👧.png"]
    assert [link.get_text(strip=True) for link in page.soup.select("ul.files a")] == names
    assert {path.rpartition("/")[2] for path in fetch(ada).names if path.startswith("data/files/")} == set(names)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.webp", "files/photo.webp"),
        ("../../etc/passwd", "files/etc/passwd"),
        ("/etc/passwd", "files/etc/passwd"),
        ("C:\\evil.exe", "files/C__evil.exe"),
        ("tickets/1/a\u202etxt.exe", "files/tickets/1/a_txt.exe"),
        ("发票.pdf", "files/发票.pdf"),
        ("..", "files/-2"),
        ("50%0Aoff%25.pdf", "files/50_0Aoff_25.pdf"),
    ],
)
def test_a_name_in_the_archive_leads_nowhere_else(name, safe):
    assert bags.Bag("x").free_path(name) == safe


def test_two_files_of_one_name_both_stay():
    bag = bags.Bag("x")
    assert [bag.free_path(name) for name in ("a.txt", "A.txt", "a.txt")] == [
        "files/a.txt",
        "files/A.txt-2",
        "files/a.txt-3",
    ]
