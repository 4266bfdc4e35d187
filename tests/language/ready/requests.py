"""The queue of requests on the walk: entered, proven, paused, carried out, answered; and a second look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.kit import clock
from portal.kit.events import publish
from portal.kit.unit import unit_of_work
from portal.organisations.events import ProductsLate
from portal.privacy.models import REASONS, Outcome, PauseReason, Right
from portal.privacy.service.requests.rows import NO_ANSWER_OF_OURS
from tests.language.ready.walk import Walk
from tests.privacy.desk import open_of, plant, plant_call, plant_step


def answer_requests(walk: Walk) -> None:
    """Enter a request, wrongly at first; go through each right, each pause and each ending."""
    rhea, theo = walk.somebody("Ρέα", "rhea"), walk.somebody("Θεό", "theo")
    walk.cast.give_role(theo, "privacy")
    walk.cast.give_factor(theo)
    officer = walk.signed_in(theo, by_second_factor=True)
    officer.get("/admin/requests")
    entered = {"kind": "copy", "email": "ira@example.com", "language": "en", "message": "Μήνυμα"}
    page = officer.submit("/admin/requests/new")
    entered["language"] = page.soup.select("#language option")[-1]["value"]
    officer.submit("/admin/requests/new", **entered, received_on="2001-01-01")
    page = officer.submit("/admin/requests/new", **entered, received_on=str(clock.today()))
    officer.post(f"{page.path}/execute", **page.fields(page.path))
    for number, right in enumerate(Right):
        path = _planted(walk, rhea, right, due_at=clock.now() + timedelta(days=number - 1))
        officer.get("/admin/requests")
        officer.get(path)
    officer.get("/admin/")
    for reason in PauseReason:
        page = officer.submit(path, action=f"{path}/pause", reason=reason.value)
        officer.submit(path, action=f"{path}/resume")
        officer.post(f"{path}/resume", **page.fields(f"{path}/resume"))
    page = officer.submit(path, action=f"{path}/pause", reason="")
    officer.submit(path, action=path, ending="", answer="")
    for outcome in (each for each in Outcome if each not in NO_ANSWER_OF_OURS):
        for reason in REASONS[outcome]:
            if reason.value != "not_confirmed":
                _close(walk, officer, f"{outcome.value}.{reason.value}")
    for state in ("awaiting_identity", "closed"):
        officer.get(f"/admin/requests?state={state}")
    officer.get("/admin/erasures")
    with walk.app.app_context(), unit_of_work():
        steps = [f"/admin/erasures/{plant_step('ira@example.com', number=number).id}" for number in ("8", "9")]
    officer.get("/admin/erasures")
    officer.submit(steps[0], evidence="")
    for step in steps:
        officer.submit(step, evidence="Απάντηση")
    with walk.app.app_context(), unit_of_work():
        call = "/admin/erasures/organisations/" + str(plant_call(product="Παραγωγή").id)
        publish(ProductsLate(("Παραγωγή",)))
    walk.read_emails()
    officer.get("/admin/erasures")
    officer.submit(call, evidence="")
    officer.submit(call, evidence="written")
    restricted = _planted(walk, walk.somebody("Ηρώ", "iro"), Right.RESTRICTION)
    officer.submit(restricted, action=f"{restricted}/execute")


def _planted(walk: Walk, person: Any, right: Right, **columns: Any) -> str:
    with walk.app.app_context(), unit_of_work():
        return f"/admin/requests/{plant(**open_of(person, right, message='Μήνυμα', **columns)).id}"


def _close(walk: Walk, officer: Any, ending: str) -> None:
    path = _planted(walk, walk.somebody("Ήβη", ending), Right.COMPLAINT)
    late = officer.get(path)
    officer.submit(path, action=path, ending=ending, answer="Απάντηση")
    officer.send(late, action=path, ending=ending, answer="Απάντηση")
    officer.send(late, action=f"{path}/pause", reason="details")
