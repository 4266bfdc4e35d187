"""A copy at rest is sealed: its person alone has the key, in the page and in the email, and parts of it can be asked for."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy import select, update

from portal.jobs import service as jobs
from portal.jobs.models import Job
from portal.kit import keys
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.sealed_files import CHUNK, HEAD, is_sealed
from portal.privacy.models import SEALED_SECRET, Export
from portal.privacy.service import Archive
from tests.databases import content
from tests.privacy.conftest import Copy, link_of, start, traces_of

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ada(cast):
    return cast.sign_in(cast.ada)


@pytest.fixture
def ready(ada, run_jobs):
    """The address of a copy of Ada's that is ready."""
    start(ada)
    run_jobs()
    return link_of(ada)


@pytest.fixture
def stored(app, ready):
    """Where the file of that copy lies."""
    with app.app_context():
        (key,) = storage().keys("export")
        return storage().path(key)


def test_the_file_at_rest_tells_nothing(cast, stored, ada, ready):
    assert is_sealed(stored.open("rb"))
    at_rest = stored.read_bytes()
    assert b"PK" not in at_rest[:HEAD] and cast.ada.email.encode() not in at_rest
    assert Copy.of(ada.client.get(ready).data).json("data/person.json")


def test_once_it_is_ready_nobody_of_ours_has_the_key(app, ready, clock, tick, run_jobs):
    secret = ready.rpartition("/")[2]
    for _hour in range(2):
        # What a deleted text leaves behind in the database's own files goes within the hour.
        clock.forward(hours=1)
        tick()
        run_jobs()
    with app.app_context():
        export = db.session.scalars(select(Export)).one()
        assert export.secret_sealed is None
        assert secret not in export.secret_hash
        everything = [content(path) for path in storage().folder.parent.rglob("*") if path.is_file()]
    assert [name for name in traces_of(app, secret.lower()) if "." in name] == []
    assert sum(secret.encode() in each for each in everything) == 1, "in the person's own inbox, and nowhere else"


def test_while_it_is_built_the_key_stands_sealed_in_its_row(app, ada):
    start(ada)
    secret = link_of(ada).rpartition("/")[2]
    with app.app_context():
        export = db.session.scalars(select(Export)).one()
        opened = SEALED_SECRET.open(export.secret_sealed, of=export.id)
        assert len(opened) == 32
        assert secret.encode() not in export.secret_sealed and opened not in export.secret_sealed
        with pytest.raises(keys.CannotOpen):
            SEALED_SECRET.open(export.secret_sealed, of=uuid.uuid4())
        assert secret not in str(db.session.scalars(select(Job.payload)).all())


def test_the_way_back_to_a_copy_that_is_being_built_stands_on_the_privacy_page(ada, run_jobs):
    start(ada)
    link = {"href": link_of(ada) + "/page"}
    assert ada.get("/settings/privacy").soup.find("a", link)
    without = link_of(ada).rpartition("/")[0]
    assert ada.get(without).soup.find("a", link)
    run_jobs()
    assert link_of(ada).rpartition("/")[2] not in ada.get("/settings/privacy").text + ada.get(without).text


def test_without_its_secret_the_address_explains_and_opens_nothing(cast, ada, ready):
    page = ada.get(ready.rpartition("/")[0])
    assert page.status == 200 and "missing the key" in page.text
    assert page.form("/settings/privacy/export")
    for wrong in ("x", "A" * 43, ready.rpartition("/")[2][:-1], ready.rpartition("/")[2] + "A", "%00"):
        assert ada.get(f"{ready.rpartition('/')[0]}/{wrong}").status == 404
        assert ada.get(f"{ready.rpartition('/')[0]}/{wrong}/page").status == 404


def test_the_link_of_one_person_opens_nothing_for_another_and_nothing_after_deletion(cast, ada, ready, client):
    ben = cast.sign_in(cast.ben)
    assert ben.get(ready).status == ben.get(ready + "/page").status == ben.get(ready.rpartition("/")[0]).status == 404
    assert client.get(ready).path == "/login"
    ada.submit("/settings/privacy", action=ready.rpartition("/")[0] + "/delete")
    assert ada.get(ready).status == ada.get(ready + "/page").status == ada.get(ready.rpartition("/")[0]).status == 404


def test_a_copy_opens_by_its_own_secret_alone_even_where_rows_are_swapped(app, cast, ada, ready, run_jobs, unit):
    ben = cast.sign_in(cast.ben)
    start(ben)
    run_jobs()
    with unit():
        mine, theirs = [db.session.get(Export, uuid.UUID(url.split("/")[-2])) for url in (ready, link_of(ben))]
        key = theirs.file_key
        db.session.execute(update(Export).where(Export.id == mine.id).values(file_key=key))
    assert ada.client.get(ready).status_code in (404, 500)
    assert cast.ben.email.encode() not in ada.client.get(ready).data


def test_a_lost_link_is_replaced_by_a_new_copy_and_the_old_one_goes(app, ada, ready, run_jobs):
    start(ada)
    run_jobs()
    assert link_of(ada) != ready
    assert ada.get(ready).status == 404
    assert ada.client.get(link_of(ada)).status_code == 200


def test_a_part_can_be_asked_for_and_an_interrupted_download_goes_on(ada, ready, stored):
    whole = ada.client.get(ready)
    size = len(whole.data)
    assert (whole.headers["Accept-Ranges"], whole.headers["Content-Length"]) == ("bytes", str(size))
    half = size // 2
    for asked, said, expected in (
        ("bytes=0-9", f"bytes 0-9/{size}", whole.data[:10]),
        (f"bytes={half}-", f"bytes {half}-{size - 1}/{size}", whole.data[half:]),
        ("bytes=-7", f"bytes {size - 7}-{size - 1}/{size}", whole.data[-7:]),
        (f"bytes=5-{size * 9}", f"bytes 5-{size - 1}/{size}", whole.data[5:]),
    ):
        part = ada.client.get(ready, headers={"Range": asked, "If-Range": whole.headers["ETag"]})
        assert (part.status_code, part.headers["Content-Range"], part.data) == (206, said, expected)
        assert part.headers["Content-Length"] == str(len(expected))


def test_what_cannot_be_had_in_part_is_refused_or_comes_whole(ada, ready):
    whole = ada.client.get(ready)
    size = len(whole.data)
    beyond = ada.client.get(ready, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["Content-Range"] == f"bytes */{size}"
    for headers in ({"Range": "bytes=0-1,5-9"}, {"Range": "bytes=0-9", "If-Range": '"another"'}):
        answer = ada.client.get(ready, headers=headers)
        assert (answer.status_code, answer.data) == (200, whole.data)


def test_asking_for_the_headers_of_a_part_downloads_and_notes_nothing(ada, ready):
    head = ada.client.head(ready, headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.data) == (200, b"")
    assert "Downloaded" not in ada.get("/settings/privacy/requests").text
    ada.client.get(ready, headers={"Range": "bytes=0-9"})
    assert "Downloaded" in ada.get("/settings/privacy/requests").text


@pytest.mark.parametrize("how", ["cut", "changed", "lengthened", "replaced"])
def test_a_file_that_somebody_touched_is_not_handed_out(ada, ready, stored, how):
    at_rest = stored.read_bytes()
    touched = {
        "cut": at_rest[: HEAD + CHUNK // 2],
        "changed": at_rest[:-1] + bytes([at_rest[-1] ^ 1]),
        "lengthened": at_rest + b"x" * 99,
        "replaced": b"PK\x05\x06" + bytes(18),
    }
    stored.write_bytes(touched[how])
    answer = ada.client.get(ready)
    assert (answer.status_code, answer.mimetype) == (500, "text/html"), "it is a fault of ours, and logged"


def test_the_pages_with_the_secret_send_it_nowhere_else(ada, ready):
    for address in (ready, ready + "/page"):
        assert ada.client.get(address).headers["Referrer-Policy"].startswith("no-referrer")


def test_one_that_is_stopped_leaves_no_job_no_row_and_no_file(app, ada, run_jobs):
    start(ada)
    page = ada.submit("/settings/privacy", action=link_of(ada).rpartition("/")[0] + "/delete")
    assert "Stopped." in page.text
    with app.app_context():
        assert db.session.scalars(select(Job.kind).where(Job.kind == "privacy.build_export")).all() == []
    run_jobs()
    with app.app_context():
        assert db.session.scalars(select(Export)).all() == []
        assert list(storage().keys("export")) == []


def test_one_that_is_stopped_while_it_is_built_ends_at_the_next_look(app, cast, ada, run_jobs, outbox, monkeypatch):
    start(ada)
    delete = link_of(ada).rpartition("/")[0] + "/delete"
    monkeypatch.setattr("portal.privacy.service.bag_archives.SAY_EVERY_SECONDS", 0)
    contact, seen = Archive._contact, []

    def stop_first(archive):
        if not seen:
            browser = threading.Thread(target=lambda: seen.append(ada.submit("/settings/privacy", action=delete)))
            browser.start()
            browser.join()
            archive._step()
        yield from contact(archive)

    monkeypatch.setattr(Archive, "_contact", stop_first)
    run_jobs()
    assert seen and "Stopped." in seen[0].text
    with app.app_context():
        assert db.session.scalars(select(Export)).all() == []
        assert list(storage().folder.glob("export/??/*")) == []
        assert db.session.scalars(select(Job.kind).where(Job.kind == "privacy.build_export")).all() == []
    assert not [email for email in outbox.to(cast.ada.email) if "download is ready" in email.subject]


def test_one_that_waits_without_a_secret_is_built_anew(cast, ada, unit, run_jobs):
    with unit():
        job_id = jobs.enqueue("privacy.build_export", export_id=str(uuid.uuid4()))
        before = Export(id=uuid.uuid4(), person_id=cast.ada.account_id, job_id=job_id, secret_hash="")
        db.session.add(before)
    start(ada)
    run_jobs()
    assert Copy.of(ada.client.get(link_of(ada)).data).json("data/person.json")
    with unit():
        assert db.session.scalars(select(Export)).one().id != before.id
