"""An account of the demo company that two seniors have disabled, its appeal, and a case that is still to be decided."""

from __future__ import annotations

from tests.people import Somebody
from tests.pictures.demo import Demo

WHY = (
    "On 3 November you signed in to the accounts of two other workshops with passwords that aren’t yours, and downloaded "
    "their orders. We wrote to you on 4 November and got no reply."
)
APPEAL = "The two workshops are my sister’s, and she gave me the passwords. I can send you her confirmation."


def decided(made: Demo) -> str:
    """Return the page of a case that is in force, with an appeal that waits."""
    ola = _ola(made)
    sena, hugo = made.signed_in("sena"), made.signed_in("hugo")
    case = sena.submit("/admin/disabled", email=ola.email, rule="intrusion", reason=WHY).path
    if not case.endswith("/admin/disabled"):
        hugo.submit(case, sure="y")
        made.cast.sign_in(ola).submit("/account-disabled/appeal", text=APPEAL)
    return _listed(made, "in force")


def proposed(made: Demo) -> str:
    """Return the page of a case that is to be decided."""
    decided(made)
    fay = _somebody(made, "fay", "Fay Fagott")
    made.signed_in("hugo").submit("/admin/disabled", email=fay.email, rule="spam", reason="Many emails to strangers.")
    return _listed(made, "proposed")


def _listed(made: Demo, state: str) -> str:
    rows = made.signed_in("sena").get("/admin/disabled").soup.select("main tbody tr")
    return next(str(row.a["href"]) for row in rows if state in row.get_text().lower() and row.a)


def _ola(made: Demo) -> Somebody:
    return _somebody(made, "ola", "Ola Gore")


def _somebody(made: Demo, name: str, full: str) -> Somebody:
    if name not in made.people:
        made.people[name] = made.cast.make(full, f"{name}@example.com", f"{name} sews until the lamp is low")
    return made.people[name]
