"""Units hold what they say: a web process and its worker in the memory of `deploy/portal.service`, idle and under load.

A memory group of the kernel's has the unit's MemoryMax. In it the portal is served in production's settings, with real
hashes, while 300 people sign in at once, twice, others send the largest pictures and files of 10 MB, and the worker sends
emails and builds exports. Nothing is killed, every answer is right, and probes and a signed-in page answer within a second.
So with SQLite, and with PostgreSQL, whose own processes are outside of the group.

Before that, copies are built: a usual one within seconds, one of a million rows and a gigabyte within a bound of memory.

What an idle process holds is its RSS: whatever it has in memory, what it shares with others counted in each. Less is charged
to the group: pages of libraries once, and those can be given back; what cannot (anonymous memory) is printed beside it.
`python -m benchmarks.memory 1024` takes another number of megabytes.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import copies
from benchmarks.deployed import Deployed, deployed, memory_max
from benchmarks.memory_group import MemoryGroup, NoGroup, memory_group
from benchmarks.prober import Probed, probing
from benchmarks.running import PASSWORD, Visitor
from benchmarks.visitors import Visitors
from tests import postgres

STORM, STORMS = 300, 2
SENDERS, ARTISTS = 16, 3
PICTURES = 29
"""Photos that one person sets: an hour takes 30."""
STRANGERS, FILES_OF_A_STRANGER = 8, 11
"""Together below the share of strangers, 1 GB."""
PEOPLE = STORM + SENDERS
SECONDS = 60
WITHIN_SECONDS = 1.0
IDLE_MEGABYTES = 110
START, SEEN = "at the start", "after a sign-up, a sign-in and each main page"
IDLE_UNTIL = {"SQLite": SEEN, "PostgreSQL": START}
"""Until when no process holds more. PostgreSQL's driver takes 8 MB: there what is held after the pages is only printed."""
EMAILS_WITHIN_SECONDS = 60
STEP_BACK = 5
"""How far the crowd steps back behind the portal and the probes (nice): it comes from other machines."""
KINDS = ("sign-in", "wrong password", "picture", "picture of too many pixels", "files", "files of a stranger", "export")

PAGES = ("/", "/login", "/signup", "/contact", "/newsletter", "/privacy", "/promises", "/cookies", "/forgot-password")
SIGNED_IN_PAGES = ("/home", "/support", "/settings/profile", "/settings/password", "/settings/privacy")


def main(arguments: list[str]) -> int:
    """Run the proof and say what came of it. Returns 0 when it holds, 1 when not, or when no memory group can be made."""
    most = int(arguments[0]) << 20 if arguments else memory_max()
    faults = copies.faults()
    with postgres.for_a_run():
        for database, url in {"SQLite": "", "PostgreSQL": postgres.create_database("memory")}.items():
            print(f"{database}:", flush=True)
            faults += [f"{database}: {fault}" for fault in served(url, most, until=IDLE_UNTIL[database])]
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def served(url: str, most: int, *, until: str) -> list[str]:
    """Serve the portal with a database in a group that may hold so many bytes; return what is wrong."""
    try:
        with memory_group(most) as group, deployed(people=PEOPLE, group=group, database=url) as unit:
            return [*idle(unit, until=until), *under_load(unit, group)]
    except NoGroup as why:
        return [str(why)]


def idle(unit: Deployed, *, until: str) -> list[str]:
    """Look at what each process holds at the start, and after the main pages; return what is wrong up to one of them."""
    faults = _hold_too_much(unit, START)
    crowd = Visitors(unit.portal)
    visitor, person = crowd.visitor(), crowd.signed_in(0)
    statuses = {visitor.get(page)[0] for page in PAGES} | {person.get(page)[0] for page in SIGNED_IN_PAGES}
    # Whoever signs up has a password judged, by lists that were 13 MB.
    statuses.add(visitor.submit("/signup", name="M", email="m@example.net", password=PASSWORD, accept_terms="y")[0])
    after = _hold_too_much(unit, SEEN)
    return faults + after * (until == SEEN) + [f"pages answer {statuses}"] * (statuses != {200})


def _hold_too_much(unit: Deployed, when: str) -> list[str]:
    """Print what each process holds; return those that hold more than an idle one may."""
    held = {name: process.memory_info() for name, process in unit.processes().items()}
    print(f"{when}: " + ", ".join(f"{name} {_megabytes(each.rss)} ({_own(each)} its own)" for name, each in held.items()))
    return [
        f"{when} the {name} process holds {_megabytes(each.rss)}, at most {IDLE_MEGABYTES} MB"
        for name, each in held.items()
        if each.rss > IDLE_MEGABYTES * 1e6
    ]


def _own(held: Any) -> str:
    """Return what a process cannot give back: all but pages of files."""
    return _megabytes(held.rss - held.shared)


def _megabytes(held: int) -> str:
    return f"{held / 1e6:.0f} MB"


def under_load(unit: Deployed, group: MemoryGroup) -> list[str]:
    """Let the crowd loose; return what went wrong."""
    crowd, held = Visitors(unit.portal), [0]
    senders = [crowd.signed_in(STORM + number) for number in range(SENDERS)]
    headers = unit.portal.headers
    home = {**headers, "Cookie": senders[0].cookie_header()}
    with probing(unit.portal.url, {"/healthz": headers, "/readyz": headers, "/home": home}) as probed:
        os.nice(STEP_BACK)
        threads = [threading.Thread(target=_watch, args=(crowd, group, held)), *_senders(crowd, senders)]
        end = time.monotonic() + SECONDS
        for thread in threads:
            thread.start()
        for _each in range(STORMS):
            crowd.storm(STORM)
        crowd.over.wait(max(0.0, end - time.monotonic()))
        crowd.over.set()
        for thread in threads:
            thread.join()
    for outcome, times in sorted(crowd.outcomes.items()):
        print(f"{times:5} {outcome}")
    print(f"memory: {held[0] / 1e6:.0f} MB at most that could not be given back, of {memory_max() / 1e6:.0f} MB")
    return [*_killed(unit, group), *_wrong(crowd), *_slow(probed), *_unsent(unit, crowd)]


def _senders(crowd: Visitors, senders: Sequence[Visitor]) -> list[threading.Thread]:
    """Return the threads of those who send pictures, files, and wishes for an export."""
    artists, writers = senders[:ARTISTS], senders[ARTISTS:]
    jobs: list[tuple[Callable[..., None], tuple[object, ...]]] = [(crowd.ask_for_exports, (senders,))]
    jobs += [(crowd.send_pictures, (visitor, PICTURES)) for visitor in artists]
    jobs += [(crowd.send_files, (visitor,)) for visitor in writers]
    jobs += [(crowd.send_files_as_stranger, (FILES_OF_A_STRANGER,))] * STRANGERS
    return [threading.Thread(target=job, args=arguments) for job, arguments in jobs]


def _watch(crowd: Visitors, group: MemoryGroup, held: list[int]) -> None:
    while not crowd.over.wait(0.05):
        held[0] = max(held[0], group.anonymous())


def _killed(unit: Deployed, group: MemoryGroup) -> list[str]:
    killed, left = group.killed(), len(unit.processes())
    return [f"the kernel killed {killed} processes, {left} of 3 are left"] if killed or left != 3 else []


def _wrong(crowd: Visitors) -> list[str]:
    """Return what is wrong with the answers. A proof in which a kind of thing never went well proves nothing of it."""
    never = [kind for kind in KINDS if not crowd.outcomes[f"{kind}: right"]]
    return [f"{crowd.wrong()} answers are wrong"] * bool(crowd.wrong()) + [f"no {kind} went well" for kind in never]


def _slow(probed: Probed) -> list[str]:
    """Print how long each probe took; return those that took too long or were answered wrongly."""
    faults = []
    for path, answers in probed.answers.items():
        print(f"{path}: asked {len(answers.seconds)} times, {answers.worst():.2f} s at worst")
        if answers.faults or answers.worst() > WITHIN_SECONDS:
            faults.append(f"{path} took {answers.worst():.2f} s, at most {WITHIN_SECONDS:.0f}; wrong: {answers.faults}")
    return faults


def _unsent(unit: Deployed, crowd: Visitors) -> list[str]:
    """Wait for the email of each message that was taken; return how many never came: the worker lives and works."""
    due = sum(crowd.outcomes[f"{kind}: right"] for kind in ("files", "files of a stranger"))
    end = time.monotonic() + EMAILS_WITHIN_SECONDS
    while len(unit.emails) < due and time.monotonic() < end:
        time.sleep(0.5)
    return [] if len(unit.emails) >= due else [f"{due - len(unit.emails)} emails were never sent"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
