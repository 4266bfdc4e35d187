"""Copies of what is held: a usual one is there within seconds, and a very large one takes no more memory than a bound.

Each is asked for in a browser, built as the worker builds it, sealed, in a process of its own, and looked for as its page
looks for it. The large one is of a
million rows of history and of a gigabyte of files, which take no room on the disk until they are copied: they are holes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import threading
import time
import uuid

from flask import Flask
from sqlalchemy import insert, text

from benchmarks import inside
from portal.jobs import worker
from portal.kit import clock
from portal.kit.db import db
from portal.kit.files import storage
from portal.kit.unit import unit_of_work
from portal.privacy.models import ExportState
from portal.support.models import Attachment, Author, Message, Ticket
from tests.conftest import Visitor
from tests.people import Cast, Somebody

USUAL_ROWS, WITHIN_SECONDS = 1_000, 3.0
ROWS, FILES, FILE_BYTES, MOST_MEGABYTES = 1_000_000, 100, 10 << 20, 150
FIRST_LOOK, LATER_LOOKS, GROWTH = 0.25, 1.0, 1.5
"""When the page first asks whether it is ready, how often later, and how it slows down: as its script says."""
HISTORY = text(
    "INSERT INTO audit_entry (id, at, event, subject_id, facts) WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL "
    "SELECT i + 1 FROM counted WHERE i < :rows) SELECT lower(hex(randomblob(16))), :at, 'accounts.signed_in', :owner, "
    ":facts FROM counted"
)


def faults() -> list[str]:
    """Build a usual copy and a very large one; return what is wrong."""
    usual, _held = _apart(USUAL_ROWS, 0)
    large, held = _apart(ROWS, FILES)
    print(f"a copy of {USUAL_ROWS:,} rows is on the page after {usual:.1f} s, at most {WITHIN_SECONDS:.0f}")
    print(f"one of {ROWS:,} rows and {FILES * FILE_BYTES / 1e9:.1f} GB takes {large:.0f} s and {held:.0f} MB")
    return [
        *[f"a usual copy is on the page after {usual:.1f} s"] * (usual > WITHIN_SECONDS),
        *[f"a large copy takes {held:.0f} MB, at most {MOST_MEGABYTES}"] * (held > MOST_MEGABYTES),
    ]


def _apart(rows: int, files: int) -> tuple[float, float]:
    """Build a copy in a process of its own; return the seconds until its page has it, and the megabytes at most."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_build, (rows, files))


def _build(rows: int, files: int) -> tuple[float, float]:
    with inside.app() as app:
        cast = Cast(app)
        ada = cast.sign_in(cast.ada)
        with app.app_context(), unit_of_work():
            _fill(cast.ada, rows, files)
        started = time.monotonic()
        page = ada.submit("/settings/privacy", action="/settings/privacy/export").path
        _wait(app, ada, page)
        assert "Your download is ready" in ada.get(page).text
        return time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _wait(app: Flask, ada: Visitor, page: str) -> None:
    """Have a worker that was idle build it, and ask as the page does, until it is there."""
    stop, wait = threading.Event(), FIRST_LOOK
    beside = threading.Thread(target=worker.work, args=(app, stop), daemon=True)
    beside.start()
    progress = "/".join(page.split("/")[:5]) + "/progress"
    while True:
        time.sleep(wait)
        if ada.client.get(progress).json["state"] != ExportState.WAITING:
            break
        wait = min(wait * GROWTH, LATER_LOOKS)
    stop.set()
    beside.join()


def _fill(person: Somebody, rows: int, files: int) -> None:
    at = clock.now()
    values = {"rows": rows, "at": f"{at:%Y-%m-%d %H:%M:%S.%f}", "owner": person.account_id.hex, "facts": "{}"}
    db.session.execute(HISTORY, values)
    ticket, message = uuid.uuid4(), uuid.uuid4()
    who = {"subject_id": person.account_id, "name": "x", "email": person.email, "email_key": person.email, "subject": "x"}
    db.session.execute(insert(Ticket), [{**who, "id": ticket, "reference": "AAAAA-AAAAA"}])
    db.session.execute(
        insert(Message), [{"id": message, "ticket_id": ticket, "author": Author.CUSTOMER, "body": "Where are my files?"}]
    )
    for number in range(files):
        key = storage().store("attachment", [b""])
        os.truncate(storage().path(key), FILE_BYTES)
        file = {"name": f"{number}.pdf", "kind": "pdf", "size": FILE_BYTES, "expires_at": at.replace(year=at.year + 1)}
        db.session.execute(insert(Attachment), [{**file, "message_id": message, "file_key": key}])
