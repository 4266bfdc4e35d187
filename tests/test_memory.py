"""The proof of memory: a process that holds more than an idle one may is named, and on both databases the start counts."""

from types import SimpleNamespace

import pytest

from benchmarks import memory

MEGABYTE = 1_000_000


def unit(**megabytes: float) -> SimpleNamespace:
    """Return a portal whose processes hold so much, 20 MB of it pages of files."""

    def process(held: float) -> SimpleNamespace:
        return SimpleNamespace(memory_info=lambda: SimpleNamespace(rss=held * MEGABYTE, shared=20 * MEGABYTE))

    return SimpleNamespace(processes=lambda: {name: process(held) for name, held in megabytes.items()})


def test_what_holds_more_than_an_idle_process_may_is_named_whichever_it_is(capsys):
    assert memory._hold_too_much(unit(first=31, web=110, worker=111.2), memory.START) == [
        "at the start the worker process holds 111 MB, at most 110 MB"
    ]
    (told,) = capsys.readouterr().out.splitlines()
    assert told.startswith("at the start: first 31 MB (11 MB its own), web 110 MB (90 MB its own), worker 111 MB (91 MB ")


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_on_either_database_the_start_is_bounded_at_110(monkeypatch, database):
    heavy = unit(web=120)
    heavy.portal = None
    visitor = SimpleNamespace(get=lambda _page: (200, "", ""), submit=lambda _page, **_fields: (200, "", ""))
    crowd = SimpleNamespace(visitor=lambda: visitor, signed_in=lambda _number: visitor)
    monkeypatch.setattr(memory, "Visitors", lambda _portal: crowd)
    faults = memory.idle(heavy, until=memory.IDLE_UNTIL[database])
    assert f"{memory.START} the web process holds 120 MB, at most 110 MB" in faults
    assert (f"{memory.SEEN} the web process holds 120 MB, at most 110 MB" in faults) == (database == "SQLite")
