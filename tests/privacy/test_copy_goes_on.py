"""A copy whose worker was killed is gone on with: what stands in it is not made again, nothing is lost or comes twice."""

from __future__ import annotations

import io
import threading
from datetime import timedelta

import pytest

from portal.jobs import worker
from portal.jobs.service import LEASE
from portal.kit.claims import Dataset
from portal.kit.db import db
from portal.kit.files import storage
from portal.privacy.models import Export
from portal.privacy.service import copy_files, sweep_files
from portal.privacy.service.archive import Archive
from tests.privacy.conftest import Copy, link_of, start
from tests.support import samples

pytestmark = pytest.mark.both_databases


class Killed(BaseException):
    """The worker is gone: nothing that clears up is run."""


@pytest.fixture
def ada(cast, monkeypatch):
    """Ada, with a ticket, a file and a photo; each part of her copy is noted."""
    monkeypatch.setattr(copy_files, "NOTE_SECONDS", 0)
    monkeypatch.setattr(copy_files, "SHARE", 0)
    ada = cast.sign_in(cast.ada)
    ada.submit("/settings/avatar", photo=(io.BytesIO(samples.png()), "me.png"))
    ada.submit("/contact", subject="Zips", message="Where?", files=samples.chosen(("zip.pdf", samples.pdf())))
    return ada


@pytest.fixture
def read(monkeypatch):
    """Return the names of the tables in the order in which they are read, or kill the worker at one of them."""
    names, kill_at = [], []
    rows = Dataset.keyed

    def noted(dataset, after=None):
        names.append(dataset.name)
        if kill_at == [dataset.name]:
            kill_at.clear()
            raise Killed
        return rows(dataset, after)

    monkeypatch.setattr(Dataset, "keyed", noted)
    return names, kill_at


def work(app):
    with app.app_context():
        worker.drain()


def die(app, clock):
    """Have the worker die, and its lease end."""
    with pytest.raises(Killed):
        work(app)
    clock.forward(seconds=LEASE.total_seconds() + 1)


def drafts(app) -> int:
    return len(list(app.extensions["portal.files"].folder.glob("export/*/*.part")))


def test_what_stands_in_it_is_not_made_again(app, ada, read, clock):
    names, kill_at = read
    start(ada)
    kill_at.append("sign_in_event")
    die(app, clock)
    before = names[: names.index("sign_in_event")]
    assert len(before) > 5 and drafts(app) == 2, "a draft and its note"
    names.clear()
    work(app)
    assert not set(before) & set(names)
    copy = Copy.of(ada.client.get(link_of(ada)).data).verified()
    assert copy.json("data/person.json") and copy.json("data/audit_entry.json") and copy.json("data/ticket.json")
    assert "Zips" in copy.text("index.html") and drafts(app) == 0


@pytest.mark.parametrize("part", ["_file", "_contact", "_conversation", "_manifest", "_facts"])
def test_it_goes_on_from_any_kind_of_part(app, ada, clock, monkeypatch, part):
    real, left = getattr(Archive, part), [1]

    def once(*given):
        if left:
            left.clear()
            raise Killed
        return real(*given)

    start(ada)
    monkeypatch.setattr(Archive, part, once)
    die(app, clock)
    work(app)
    copy = Copy.of(ada.client.get(link_of(ada)).data).verified()
    assert len([name for name in copy.names if "files/" in name]) == 2
    assert len([name for name in copy.names if name.endswith(".eml")]) == 1


def test_whoever_was_only_slow_spoils_nothing(app, ada, clock, monkeypatch):
    real, left = Archive._contact, [1]

    def late(archive):
        if left:
            left.clear()
            clock.forward(seconds=LEASE.total_seconds() + 1)
            other = threading.Thread(target=work, args=(app,))
            other.start()
            other.join()
        yield from real(archive)

    start(ada)
    monkeypatch.setattr(Archive, "_contact", late)
    work(app)
    Copy.of(ada.client.get(link_of(ada)).data).verified()
    with app.app_context():
        assert len(list(storage().keys("export", older_than=timedelta()))) == 1
    assert drafts(app) == 0


def test_the_lease_is_kept_while_the_draft_is_copied_and_whoever_loses_it_leaves_nothing(app, ada, read, clock, monkeypatch):
    _names, kill_at = read
    start(ada)
    kill_at.append("sign_in_event")
    die(app, clock)
    tell, told = copy_files.jobs.progress, []

    def lose(done, total, **more):
        told.append((done, total))
        if (done, total) == (0, 0):
            raise copy_files.jobs.LeaseLost
        tell(done, total, **more)

    with monkeypatch.context() as patch:
        patch.setattr(copy_files, "SAY_EVERY_SECONDS", 0)
        patch.setattr(copy_files.jobs, "progress", lose)
        work(app)
    assert told == [(0, 0)], "while the draft is copied"
    assert drafts(app) == 2, "those of the worker before: they can be gone on with"
    clock.forward(seconds=LEASE.total_seconds() + 1)
    work(app)
    assert Copy.of(ada.client.get(link_of(ada)).data).verified()


@pytest.mark.parametrize("lost", ["note", "draft", "cut", "changed"])
def test_what_is_lost_or_changed_on_the_disk_is_made_anew(app, ada, read, clock, lost):
    names, kill_at = read
    start(ada)
    kill_at.append("sign_in_event")
    die(app, clock)
    folder = app.extensions["portal.files"].folder / "export"
    (note,) = folder.glob("*/*.note.part")
    (draft,) = {*folder.glob("*/*.part")} - {note}
    if lost == "note":
        note.unlink()
    elif lost == "cut":
        draft.write_bytes(draft.read_bytes()[:10])
    elif lost == "changed":
        note.write_bytes(note.read_bytes()[:-1] + b"x")
    else:
        draft.unlink()
    names.clear()
    work(app)
    assert "audit_entry" in names, "from the beginning"
    Copy.of(ada.client.get(link_of(ada)).data).verified()


def test_what_a_killed_worker_left_goes_with_the_copy(app, ada, read, clock):
    _names, kill_at = read
    start(ada)
    kill_at.append("sign_in_event")
    die(app, clock)
    assert drafts(app) == 2
    ada.submit("/settings/privacy", action=link_of(ada).rpartition("/")[0] + "/delete")
    assert drafts(app) == 0
    with app.app_context():
        assert db.session.query(Export).count() == 0


def test_what_is_noted_says_nothing_on_the_disk_and_is_swept(app, ada, read, clock, cast):
    _names, kill_at = read
    start(ada)
    kill_at.append("sign_in_event")
    die(app, clock)
    for path in app.extensions["portal.files"].folder.glob("export/*/*.part"):
        assert b"zip.pdf" not in path.read_bytes() and cast.ada.email.encode() not in path.read_bytes()
    clock.forward(days=1)
    with app.app_context(), worker.unit_of_work():
        sweep_files()
    assert drafts(app) == 0
