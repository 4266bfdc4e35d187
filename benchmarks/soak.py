"""Memory levels off (J5): a portal is asked for a mix of everything, round after round, and says where its memory stays.

The mix is pages, sign-ins, pictures, files, wrong forms and refusals, as its unit serves them, with real hashes. A round is
the same as the one before, so that what still grows in the last third is kept for good: a leak, or a cache without an end.
`python -m benchmarks.soak SECONDS` takes longer or shorter than three and a half minutes.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.client import HTTPException
from itertools import count

from benchmarks import load_samples
from benchmarks.deployed import Deployed, deployed
from benchmarks.running import PASSWORD
from benchmarks.visitors import Visitors

SECONDS = 210
PEOPLE, HANDS = 40, 6
EVERY_SECONDS = 0.5
MOST_GROWTH = 4.0
"""Megabytes that a process may hold more in the last third than in the one before. Python's allocator takes 1 MB at a time
and the system 2 MB where it gives large pages, so that a process which keeps nothing goes up and down by as much; and in a
third some 1,500 requests are answered, so that 3 KB kept of each would show."""
AT_REST = 10
"""Of a third the tenth part in which least is held counts: between two hashes, which take 64 MB each and give them back."""
FILES_EVERY = 20
"""Of so many messages one has 10 MB of files; all of them together stay below the share of strangers."""
PAGES = ("/", "/login", "/signup", "/privacy", "/promises", "/cookies", "/contact", "/newsletter", "/forgot-password")
SIGNED_IN_PAGES = (
    "/home", "/support", "/settings/profile", "/settings/avatar", "/settings/password", "/settings/privacy",
    "/settings/privacy/visits", "/settings/privacy/requests", "/settings/communication",
)  # fmt: skip
REFUSED = ("/nowhere", "/support/not-an-id", "/admin/nothing", "/reset-password/nonsense", "/privacy/receipt/nonsense")


class Soak:
    """A crowd that goes through the same rounds until it is over; `right` counts answers, `faults` holds the wrong ones."""

    def __init__(self, unit: Deployed) -> None:
        self.unit, self.visitors = unit, Visitors(unit.portal)
        self.right: Counter[str] = Counter()
        self.faults: list[str] = []
        self.held: dict[str, list[tuple[float, float]]] = {}
        self._numbers = count()

    def run(self, seconds: float) -> None:
        """Go round for so long, and note what each process holds."""
        hands = [threading.Thread(target=self._go_round, args=(random.Random(number),)) for number in range(HANDS)]
        for hand in hands:
            hand.start()
        began = time.monotonic()
        while (at := time.monotonic() - began) < seconds:
            for name, process in self.unit.processes().items():
                self.held.setdefault(name, []).append((at, process.memory_info().rss / 1e6))
            time.sleep(EVERY_SECONDS)
        self.visitors.over.set()
        for hand in hands:
            hand.join()

    def _go_round(self, drawn: random.Random) -> None:
        steps = (self.look_around, self.use_account, self.guess, self.write, self.ask_for_email, self.be_refused)
        while not self.visitors.over.is_set():
            try:
                drawn.choice(steps)(drawn)
            except (OSError, RuntimeError, HTTPException) as error:
                self.faults.append(f"{type(error).__name__}: {error}")

    def expect(self, what: str, answer: tuple[int, str, str], *statuses: int) -> None:
        """Note an answer. That the portal is busy is right, too."""
        if answer[0] in (*statuses, 503):
            self.right[what] += 1
        else:
            self.faults.append(f"{what}: {answer[0]} {answer[1]}")

    def look_around(self, _drawn: random.Random) -> None:
        """Open the public pages from a new address."""
        visitor = self.visitors.visitor()
        for page in PAGES:
            self.expect("page", visitor.get(page), 200)

    def use_account(self, drawn: random.Random) -> None:
        """Sign in, open the pages of an account, set a photo, sign out."""
        visitor = self.visitors.visitor()
        email = f"{drawn.randrange(PEOPLE)}@example.com"
        answer = visitor.submit("/login", email=email, password=PASSWORD)
        self.expect("sign-in", answer, 200)
        if answer[1] != "/home":
            return
        for page in SIGNED_IN_PAGES:
            self.expect("signed-in page", visitor.get(page), 200)
        photo = load_samples.small_photo()
        self.expect("photo", visitor.upload("/settings/avatar", [("photo", photo.name, photo.data)]), 200, 429)
        self.expect("sign-out", visitor.send("/logout", visitor.token("/home")), 200)

    def guess(self, drawn: random.Random) -> None:
        """Sign in with a wrong password, to an account or none."""
        email = f"{drawn.randrange(2 * PEOPLE)}@example.com"
        answer = self.visitors.visitor().submit("/login", email=email, password=f"a wrong password {drawn.random()}")
        self.expect("wrong password", answer, 422, 429)

    def write(self, _drawn: random.Random) -> None:
        """Send a message with a file from a new address; every so often with as many as may be."""
        number = next(self._numbers)
        files = load_samples.files() if number % FILES_EVERY == 0 else [("files", "a.txt", b"seven seams\n" * 20_000)]
        about = {"name": "M", "email": f"m{number}@example.net", "subject": "S", "message": "M" * 2000}
        self.expect("message", self.visitors.visitor().upload("/contact", files, **about), 200)

    def ask_for_email(self, drawn: random.Random) -> None:
        """Ask for a reset and for the newsletter."""
        visitor, number = self.visitors.visitor(), drawn.randrange(10**6)
        self.expect("reset", visitor.submit("/forgot-password", email=f"{number % (2 * PEOPLE)}@example.com"), 200)
        self.expect("newsletter", visitor.submit("/newsletter", email=f"n{number}@example.net"), 200)

    def be_refused(self, _drawn: random.Random) -> None:
        """Open what is not there or not for everybody, and send a form that none of our pages gave out."""
        visitor = self.visitors.visitor()
        for page in REFUSED:
            self.expect("refusal", visitor.get(page), 200, 404, 410)
        self.expect("refusal", visitor.send("/signup", "nonsense", name="M", email="no", password="x"), 422)


def levels(held: Sequence[tuple[float, float]], seconds: float) -> list[float]:
    """Return what was held at rest in each third of the time."""
    thirds = [[megabytes for at, megabytes in held if third <= 3 * at / seconds < third + 1] for third in range(3)]
    return [sorted(third)[len(third) // AT_REST] for third in thirds]


def main(arguments: list[str]) -> int:
    """Run the soak and say where memory levels off. Returns 0 when it does and every answer was right."""
    seconds = float(arguments[0]) if arguments else SECONDS
    with deployed(people=PEOPLE) as unit:
        soak = Soak(unit)
        soak.run(seconds)
    print(f"{sum(soak.right.values())} right answers: {dict(soak.right)}")
    faults = soak.faults[:10]
    for name, held in soak.held.items():
        first, second, third = levels(held, seconds)
        most = max(megabytes for _at, megabytes in held)
        print(f"{name:8} {first:6.1f} {second:6.1f} {third:6.1f} MB at rest in the thirds, {most:.1f} at most")
        if third - second > MOST_GROWTH:
            faults.append(f"{name} grew by {third - second:.1f} MB in the last third, at most {MOST_GROWTH:.0f}")
    for fault in faults:
        print(f"FAULT: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
