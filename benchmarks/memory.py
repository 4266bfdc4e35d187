"""Units hold what they say: a web process and its worker in the memory of `deploy/portal.service`, idle and under load.

A memory group of the kernel's has the unit's MemoryMax. In it the portal is served in production's settings, with real
hashes, while 300 people sign in at once, twice, others send the largest pictures and files of 10 MB, and the worker sends
emails and builds exports. Nothing is killed, every answer is right, and probes and a signed-in page answer within a second.
`python -m benchmarks.memory 1024` takes another number of megabytes.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

from benchmarks.deployed import Deployed, deployed, memory_max
from benchmarks.memory_group import MemoryGroup, NoGroup, memory_group
from benchmarks.prober import Probed, probing
from benchmarks.running import Visitor
from benchmarks.visitors import Visitors

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
EMAILS_WITHIN_SECONDS = 60
STEP_BACK = 5
"""How far the crowd steps back behind the portal and the probes (nice): it comes from other machines."""
KINDS = ("sign-in", "wrong password", "picture", "picture of too many pixels", "files", "files of a stranger", "export")

PAGES = ("/", "/login", "/signup", "/contact", "/newsletter", "/privacy", "/promises", "/cookies", "/forgot-password")
SIGNED_IN_PAGES = ("/home", "/support", "/settings/profile", "/settings/password", "/settings/privacy")


def main(arguments: list[str]) -> int:
    """Run the proof and say what came of it. Returns 0 when it holds, 1 when not, or when no memory group can be made."""
    most = int(arguments[0]) << 20 if arguments else memory_max()
    try:
        with memory_group(most) as group, deployed(people=PEOPLE, group=group) as unit:
            faults = [*idle(unit), *under_load(unit, group)]
    except NoGroup as why:
        faults = [str(why)]
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


def idle(unit: Deployed) -> list[str]:
    """Look at what each process holds, and again after each main page was opened; return what is wrong."""
    told = _hold(unit, "idle")
    crowd = Visitors(unit.portal)
    visitor, person = crowd.visitor(), crowd.signed_in(0)
    statuses = {visitor.get(page)[0] for page in PAGES} | {person.get(page)[0] for page in SIGNED_IN_PAGES}
    # Who signs in has a password judged, by lists that weigh 13 MB and stay.
    _hold(unit, "after a sign-in and each main page")
    faults = [] if statuses == {200} else [f"pages answer {statuses}"]
    too_much = [(name, held) for name, held in told if held > IDLE_MEGABYTES]
    return faults + [f"an idle {name} holds {held:.0f} MB, at most {IDLE_MEGABYTES}" for name, held in too_much]


def _hold(unit: Deployed, when: str) -> list[tuple[str, float]]:
    """Print and return the megabytes that each process holds (RSS: what it shares is counted in each)."""
    held = [(name, process.memory_info().rss / 1e6) for name, process in unit.processes().items()]
    print(f"{when}: " + ", ".join(f"{name} {megabytes:.0f} MB" for name, megabytes in held))
    return held


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
