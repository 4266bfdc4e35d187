"""Who gets through which door: every address × everybody, against a table that was read by a person (v5.0.0-8.2.1).

The table stands by area, in `tests/<area>/gates.py`. A new address without a row fails. The views themselves are left
out here, so that each door is tried and nothing behind it moves; what belongs to somebody else behind an open door is
tried in the second half, with the true views.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule

from portal.accounts import service as accounts
from portal.accounts.models import SignInSession
from portal.disabling.models import Disabling
from portal.kit import clock
from portal.kit.db import Base, db
from portal.kit.files import storage
from portal.kit.scopes import across
from portal.kit.unit import unit_of_work
from portal.licences.models import Licence
from portal.organisations.models import JoinDomain, Membership, Organisation
from portal.privacy import service as privacy
from portal.privacy.models import (
    Deletion,
    DeletionState,
    ErasureStep,
    Export,
    Hold,
    HoldGround,
    LeavingPack,
    Request,
    RequestFile,
    StepKind,
)
from portal.products.models import ProductCall
from portal.support.models import Attachment, Message, Ticket
from tests.conftest import Outbox, Visitor
from tests.people import Cast
from tests.privacy.desk import plant_call
from tests.privacy.guest_copies import Fetching, ready_copy
from tests.rules.gates import (
    CONSOLE,
    FRESH,
    ORGANISATION,
    PUBLIC,
    RIGHTS,
    SENIORS,
    SIGNED_IN,
    TICKETS,
    gathered,
    out_of_place,
    tables,
)
from tests.support import samples

ONE_DATABASE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DOORS: dict[str, str] = gathered("DOORS")

IN, LOGIN, PROVE, FACTOR, ABSENT = "in", "/login", "/confirm-identity", "/login/second-factor", "absent"
# What seniors alone open is tried with them in tests/disabling.
OPEN = {PUBLIC: IN, SIGNED_IN: IN, ORGANISATION: ABSENT, SENIORS: ABSENT}
OUTSIDE = {PUBLIC: IN, **dict.fromkeys((SIGNED_IN, FRESH, TICKETS, RIGHTS, CONSOLE, ORGANISATION, SENIORS), LOGIN)}
CUSTOMER = {**OPEN, FRESH: IN, TICKETS: ABSENT, RIGHTS: ABSENT, CONSOLE: ABSENT}
STALE = {**OPEN, FRESH: PROVE, TICKETS: ABSENT, RIGHTS: ABSENT, CONSOLE: ABSENT}
HALF = {**OPEN, FRESH: IN, TICKETS: FACTOR, RIGHTS: ABSENT, CONSOLE: FACTOR}
STAFF = {**OPEN, FRESH: IN, TICKETS: IN, RIGHTS: ABSENT, CONSOLE: IN}
STALE_STAFF = {**OPEN, FRESH: PROVE, TICKETS: PROVE, RIGHTS: ABSENT, CONSOLE: PROVE}
RESEARCHER = {**OPEN, FRESH: IN, TICKETS: ABSENT, RIGHTS: ABSENT, CONSOLE: IN}
OFFICER = {**OPEN, FRESH: IN, TICKETS: ABSENT, RIGHTS: IN, CONSOLE: IN}
EVERYBODY = {
    "a visitor": OUTSIDE,
    "whose account is closed": OUTSIDE,
    "whose account is frozen": OUTSIDE,
    "whose role was taken": OUTSIDE,
    "a customer": CUSTOMER,
    "a customer of an hour ago": STALE,
    "staff without the second factor": HALF,
    "staff whose second factor was removed": HALF,
    "staff": STAFF,
    "staff of an hour ago": STALE_STAFF,
    "staff of another role": RESEARCHER,
    "the privacy officer": OFFICER,
}


def _browser_of(who: str, cast: Cast, app: Flask) -> Visitor:
    if who == "a visitor":
        return Visitor(app)
    if who == "the privacy officer":
        return cast.sign_in_staff(cast.pia)
    if who.startswith("staff") or who == "whose role was taken":
        browser = cast.sign_in(cast.sam, by_second_factor=who != "staff without the second factor")
        person = cast.sam
    else:
        browser, person = cast.sign_in(cast.ada), cast.ada
    with app.app_context(), unit_of_work():
        if "hour ago" in who:
            db.session.execute(update(SignInSession).values(fresh_until=clock.now()))
        elif "closed" in who:
            accounts.deactivate(person.account_id, by=None)
        elif "frozen" in who:
            accounts.freeze(accounts.get_person(person.account_id))
        elif "role was taken" in who:
            accounts.remove_role(person.account_id)
        elif "was removed" in who:
            db.session.execute(Base.metadata.tables["totp_factor"].delete())
        elif "another role" in who:
            # By hand, since granting a role ends the session that is to be tried.
            db.session.execute(Base.metadata.tables["staff_role"].update().values(role="research"))
    return browser


def _stubbed(view: Callable[..., object]) -> Callable[..., str]:
    @functools.wraps(view)
    def behind(**_values: object) -> str:
        return IN

    return behind


def _address(rule: Rule) -> str:
    values = {name: uuid.uuid4() if "uuid:" in rule.rule else "x" for name in rule.arguments}
    return str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


def _outcome(browser: Visitor, rule: Rule, method: str, token: str) -> str:
    answer = browser.client.open(_address(rule), method=method, data={"csrf_token": token} if method == "POST" else None)
    if answer.status_code == 404:
        return ABSENT
    if answer.status_code == 303:
        return urlsplit(answer.headers["Location"]).path
    assert (answer.status_code, answer.text) == (200, IN), (rule.rule, answer.status_code)
    return IN


@ONE_DATABASE
def test_every_address_has_a_row_and_every_row_an_address(app: Flask) -> None:
    assert sorted({rule.endpoint for rule in app.url_map.iter_rules()} ^ set(DOORS)) == []


def test_a_row_stands_in_the_table_of_its_own_area() -> None:
    for name in ("DOORS", "THINGS"):
        assert out_of_place({area: getattr(table, name, {}) for area, table in tables().items()}) == []


def test_the_rule_sees_a_row_that_stands_elsewhere() -> None:
    planted = {"support": ["support.ticket", "admin.ticket"], "kit": ["probes.healthz", "static", "home.start"]}
    assert out_of_place(planted) == ["admin.ticket in tests/support", "home.start in tests/kit"]


@ONE_DATABASE
@pytest.mark.parametrize("who", EVERYBODY)
def test_each_door_opens_to_whom_it_should(app: Flask, cast: Cast, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = _browser_of(who, cast, app)
    token = browser.get("/contact").fields()["csrf_token"]
    for endpoint, view in list(app.view_functions.items()):
        monkeypatch.setitem(app.view_functions, endpoint, _stubbed(view))
    wrong = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & {"GET", "POST"}:
            wanted = EVERYBODY[who].get(DOORS.get(rule.endpoint, "?"))
            if (found := _outcome(browser, rule, method, token)) != wanted:
                wrong[f"{method} {rule.endpoint}"] = (found, wanted)
    assert wrong == {}


ADAS: dict[str, tuple[str, type]] = gathered("THINGS")
"""Addresses that name one thing, and which: every one of them is tried with somebody else's."""


@ONE_DATABASE
def test_every_address_that_names_a_thing_is_tried(app: Flask) -> None:
    naming = {rule.endpoint for rule in app.url_map.iter_rules() if "<uuid:" in rule.rule}
    assert naming == set(ADAS)


@pytest.fixture
def things(app: Flask, cast: Cast, run_jobs: Callable[[], int]) -> dict[type, uuid.UUID]:
    """One of each of Ada's things."""
    ada = cast.sign_in(cast.ada)
    ada.submit("/contact", subject="Zips", message="Where?", files=samples.chosen(("a.pdf", samples.pdf())))
    ada.submit("/settings/privacy", action="/settings/privacy/export")
    looms = ada.submit("/organisation/new", name="Looms").path
    ada.submit(f"{looms}/leaving-pack")
    shown = samples.chosen(("b.pdf", samples.pdf()))
    ada.submit("/settings/privacy/requests/new", kind="correction", message="Zips", files=shown)
    run_jobs()
    with app.app_context(), across("the test looks at every row"):
        with unit_of_work():
            db.session.add_all([_hold_on(cast.ada.account_id), *_steps_of(cast.ada.account_id)])
            db.session.add_all([_domain_of(cast.ada.account_id), _licence(), plant_call()])
            db.session.add(Disabling(person_id=cast.ada.account_id, rule="spam", reason="Zips"))
        models = (
            Organisation, JoinDomain, Licence, Ticket, Attachment, Message, Export, SignInSession, Hold, ErasureStep,
            RequestFile, Disabling, LeavingPack, ProductCall, Membership,
        )  # fmt: skip
        # The copy is a request too, of which nothing can be corrected.
        correction = db.session.scalars(select(Request.id).where(Request.kind == privacy.Right.CORRECTION)).one()
        return {model: db.session.scalars(select(model.id).limit(1)).one() for model in models} | {Request: correction}


def _domain_of(person_id: uuid.UUID) -> JoinDomain:
    """Return a domain at which neither Ada nor Ben has an address."""
    organisation_id = db.session.scalars(select(Organisation.id)).one()
    return JoinDomain(id=uuid.uuid4(), organisation_id=organisation_id, domain="looms.example", opened_by=person_id)


def _licence() -> Licence:
    """Return a licence of an organisation in which neither Ada nor Ben is."""
    bought = {"purchase_id": "a purchase", "product": "production-system", "plan": "workshop", "file": "signed"}
    return Licence(id=uuid.uuid4(), organisation_id=uuid.uuid4(), seats=1, perpetual=True, **bought)


def _hold_on(person_id: uuid.UUID) -> Hold:
    return Hold(id=uuid.uuid4(), subject_id=person_id, line="ticket", record_id=uuid.uuid4(), columns=["subject"],
                ground=HoldGround.BUG, reason="Zips", release_at=clock.now() + timedelta(days=9))  # fmt: skip


def _steps_of(person_id: uuid.UUID) -> list[object]:
    undone = Deletion(id=uuid.uuid4(), person_id=person_id, number="X", state=DeletionState.UNDONE, due_at=clock.now())
    return [undone, ErasureStep(id=uuid.uuid4(), deletion_id=undone.id, place=0, kind=StepKind.VENDOR, target="sendgrid")]


def _built(rule: Rule, **named: object) -> str:
    """Return an address with these values; words that no row knows stand in the other places."""
    words = {name: uuid.uuid4() if f"<uuid:{name}>" in rule.rule else "x" for name in rule.arguments}
    return str(rule.build({**words, **named})[1])  # type: ignore[index]  # it has all its values


def _everything(app: Flask) -> dict[str, list[tuple[object, ...]]]:
    """Return every row but those of the visits, the counts of tries and when a session was last seen."""
    with app.app_context(), across("the test looks at every row"):
        return {
            table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name not in ("visit", "throttle_count")
        } | {"files": sorted((path,) for path in storage().folder.rglob("*"))}


def test_somebody_elses_thing_is_as_absent_as_none_and_nothing_moves(
    app: Flask, cast: Cast, things: dict[type, uuid.UUID]
) -> None:
    ben = cast.sign_in(cast.ben)
    token = ben.get("/settings/profile").fields()["csrf_token"]
    before = _everything(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in ADAS:
            continue
        name, model = ADAS[rule.endpoint]
        for method in sorted((rule.methods or set()) & {"GET", "HEAD", "POST"}):
            answers = [
                ben.client.open(
                    _built(rule, **{name: which}),
                    method=method,
                    data={"csrf_token": token, "message": "Mine now"} if method == "POST" else None,
                )
                for which in (things[model], uuid.uuid4())
            ]
            assert [answer.status_code for answer in answers] == [404, 404], (method, rule.rule)
            assert len({len(answer.data) for answer in answers}) == 1
    assert _everything(app) == before


@ONE_DATABASE
def test_whatever_a_get_writes_down_asking_for_its_headers_does_not(
    app: Flask, cast: Cast, things: dict[type, uuid.UUID], outbox: Outbox, client: Visitor
) -> None:
    ada, sam, pia = cast.sign_in(cast.ada), cast.sign_in_staff(cast.sam), cast.sign_in_staff(cast.pia)
    with app.app_context(), unit_of_work():
        words = {"whose": privacy.handle_of(cast.ada.email, by=cast.staff_in(pia)), "line": "ticket"}
    (words["secret"],) = (
        each.link("/export/").split("/")[-2] for each in outbox.to(cast.ada.email) if "/export/" in each.text
    )
    (of_pack,) = (
        each.link("/leaving-pack/").split("/")[-2] for each in outbox.to(cast.ada.email) if "/leaving-pack/" in each.text
    )
    guests = app.url_map.bind("localhost").match(Fetching(client, outbox, ready_copy(client, outbox)).location())[1]
    browsers = {TICKETS: sam, CONSOLE: sam, RIGHTS: pia, SENIORS: cast.sign_in_staff(cast.sena)}
    writing = [endpoint for endpoint, view in app.view_functions.items() if hasattr(view, "side_effect_reason")]
    assert len(writing) > 2
    before = _everything(app)
    for endpoint in writing:
        (rule,) = app.url_map.iter_rules(endpoint)
        named: dict[str, Any] = {name: things[model] for name, model in [ADAS[endpoint]]} if endpoint in ADAS else {}
        if endpoint == "admin.propose_correction":
            named["record"] = things[Ticket]
        if endpoint == "privacy.copy_file":
            named = dict(guests)
        if endpoint == "privacy.leaving_pack_file":
            named["secret"] = of_pack
        browser = browsers.get(DOORS[endpoint], ada)
        address = _built(rule, **{name: word for name, word in words.items() if name in rule.arguments} | named)
        assert browser.client.head(address).status_code == 200, rule.rule
        assert _everything(app) == before, rule.rule
        assert browser.client.get(address).status_code == 200
        assert _everything(app) != before, f"{rule.rule} writes nothing: the rule would look at nothing"
        before = _everything(app)
