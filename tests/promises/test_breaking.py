"""Each promise is broken on purpose, and its check turns the page red. A check that nobody has broken fails here."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Column, String, update

from portal.accounts import service as accounts
from portal.accounts.models import FactorRemoval, FactorRemovalState
from portal.consent import service as consent
from portal.consent.models import Decision
from portal.jobs.models import Schedule
from portal.kit import checks, clock
from portal.kit.access import Gate, Tag
from portal.kit.actor import Role
from portal.kit.checks import CRASHED
from portal.kit.claims import RetainFor
from portal.kit.db import db
from portal.kit.job_kinds import job_kinds
from portal.kit.setting_values import Secret
from portal.kit.staff_reads import StaffRead
from portal.kit.staff_writes import Write
from portal.legal import cookies, vendors
from portal.legal.policy import PERIODS
from portal.newsletter import service as newsletter
from portal.newsletter.forms import Subscribe
from portal.newsletter.models import Subscriber, Suppression
from portal.privacy.models import Deletion
from portal.promises import service
from portal.promises.service import PromiseStatus
from portal.support.models import Attachment, Message
from portal.traffic.models import Visit
from tests.promises import (  # noqa: F401 (their breaks are on the list)
    breaks_of_disabling,
    breaks_of_licences,
    breaks_of_organisations,
    breaks_of_requests,
    breaks_of_rights,
    breaks_of_uses,
)
from tests.promises.breaking import BREAKS, DAY, Tools, a_ticket, add, breaks

pytestmark = pytest.mark.both_databases

STANDS = {PromiseStatus.KEPT, PromiseStatus.PARTLY_BUILT, PromiseStatus.NOTHING_YET}


@breaks("policy_linked")
def a_form_by_hand_goes_round_the_one_component(tools: Tools) -> None:
    tools.rewrite("support/contact.html", lambda page: page + '<form method="post"><input name="email"></form>')


@breaks("only_vendors_reached")
def emails_leave_through_somebody_who_is_no_vendor(tools: Tools) -> None:
    tools.reset(smtp_url=Secret("smtp://smtp.stranger.example:587"))


@breaks("vendors_complete")
def a_vendor_takes_effect_without_notice(tools: Tools) -> None:
    tools.patch.setattr(vendors, "VENDORS", (replace(vendors.VENDORS[0], is_founding=False), *vendors.VENDORS[1:]))


@breaks("words_as_published")
def a_period_grows_without_a_new_version_of_the_policy(tools: Tools) -> None:
    tools.patch.setitem(PERIODS, "visits", replace(PERIODS["visits"], length=timedelta(days=30)))  # type: ignore[arg-type]


@breaks("nothing_before_consent")
def whatever_a_cookie_says_counts_as_consent(tools: Tools) -> None:
    tools.reset(ga_measurement_id="G-TEST1234")
    yes = consent.Remembered(uuid.uuid4(), uuid.uuid4(), granted=True, decided_at=clock.now())
    tools.patch.setattr(consent, "find_remembered", lambda cookie: yes)


@breaks("as_easy_to_refuse")
def the_banner_offers_no_refusal(tools: Tools) -> None:
    refusal = '{{ button_form("denied", _("Refuse"), mechanism, next) }}'
    tools.rewrite("consent/parts.html", lambda page: page.replace(refusal, ""))


@breaks("remembered_as_long")
def a_decision_outlives_its_period(tools: Tools) -> None:
    old = clock.now() - PERIODS["consent"].length - 10 * DAY
    add(
        Decision(
            subject_id=uuid.uuid4(), purpose="analytics", choice="granted", revision=1, mechanism="banner", text_hash="0",
            decided_at=old,
        )
    )  # fmt: skip


@breaks("few_cookies")
def google_may_set_a_fifth_cookie(tools: Tools) -> None:
    tools.patch.setattr(cookies, "GOOGLE_NAMES", (*cookies.GOOGLE_NAMES, "_gac"))


@breaks("no_address_outlives")
def a_visit_is_kept_for_three_weeks(tools: Tools) -> None:
    at = clock.now() - 21 * DAY
    add(Visit(at=at, sealed_on=at.date(), endpoint="home.start", method="GET", status=200, sealed_address=b"x"))


@breaks("one_store")
def another_table_holds_addresses_of_visitors(tools: Tools) -> None:
    tools.table("scratch", Column("client_ip", String(64)))


@breaks("account_is_small")
def an_account_has_a_birthday(tools: Tools) -> None:
    have = accounts.account_columns()
    tools.patch.setattr(accounts, "account_columns", lambda: have | {"born_on"})


@breaks("cookies_guarded")
def scripts_may_read_the_cookie(tools: Tools) -> None:
    tools.patch.setitem(tools.app.config, "SESSION_COOKIE_HTTPONLY", False)


@breaks("only_argon2id")
def a_password_is_stored_by_a_fast_hash(tools: Tools) -> None:
    accounts.get_person(tools.cast.ada.account_id).password_hash = "$2b$04$abcdefghijklmnopqrstuuu"
    db.session.flush()


def let_admins(tools: Tools, write: Write) -> None:
    """Have the guard let admins write something."""
    given = tools.app.extensions["portal.staff_rights"]
    tools.patch.setitem(tools.app.extensions, "portal.staff_rights", {**given, Role.ADMIN: given[Role.ADMIN] | {write}})


@breaks("staff_write_no_key")
def an_admin_may_change_passwords(tools: Tools) -> None:
    let_admins(tools, Write("person", "password_hash"))


@breaks("staff_write_no_role")
def an_admin_may_make_somebody_an_owner(tools: Tools) -> None:
    let_admins(tools, Write("membership", "role"))


@breaks("reset_link_dies")
def a_reset_link_hangs_on_nothing(tools: Tools) -> None:
    tools.patch.setattr(accounts, "reset_stamp", lambda person: "always the same")


@breaks("lost_factors_on_time")
def a_lost_factor_does_not_go_on_its_day(tools: Tools) -> None:
    waiting = {"state": FactorRemovalState.WAITING, "confirmed_at": clock.now() - 8 * DAY}
    add(FactorRemoval(person_id=tools.cast.ada.account_id, due_at=clock.now() - DAY, **waiting))


@breaks("report_at_hand")
def a_security_email_holds_no_link(tools: Tools) -> None:
    tools.rewrite("mail/accounts/password_changed/body.html", lambda _email: "Hello")


@breaks("address_only")
def the_newsletter_asks_for_a_telephone(tools: Tools) -> None:
    tools.patch.setattr(Subscribe, "phone", object(), raising=False)


@breaks("confirmed_only")
def somebody_is_on_the_list_before_confirming(tools: Tools) -> None:
    eve, tomorrow = "eve@example.com", clock.now() + DAY
    add(Subscriber(email=eve, email_key=eve, confirmed_at=tomorrow, source="form", language="en"))


@breaks("way_out_in_every_email")
def a_email_of_the_newsletter_has_no_way_out(tools: Tools) -> None:
    tools.rewrite("mail/newsletter/welcome/body.html", lambda _email: "Hello")


@breaks("way_out_is_signed")
def anybody_may_write_a_way_out(tools: Tools) -> None:
    tools.patch.setattr(newsletter, "check_way_out", lambda token: None)


@breaks("hash_of_leavers_only")
def the_address_of_a_leaver_stays(tools: Tools) -> None:
    add(Suppression(address_hash="eve@example.com"))


@breaks("form_becomes_ticket")
def a_message_is_lost_on_its_way_into_the_helpdesk(tools: Tools) -> None:
    a_ticket()


@breaks("tickets_until_erased")
def tickets_go_after_a_while_by_themselves(tools: Tools) -> None:
    tools.redeclare("ticket", retention=RetainFor("audit", since="updated_at"))


@breaks("files_expire")
def a_file_is_kept_for_years(tools: Tools) -> None:
    message = Message(id=uuid.uuid4(), ticket_id=a_ticket().id, author="customer", body="x")
    add(message)
    late = clock.now() + 800 * DAY
    add(Attachment(message_id=message.id, file_key="x", name="a.pdf", kind="pdf", size=1, expires_at=late))


@breaks("read_by_support")
def a_researcher_has_read_a_ticket(tools: Tools) -> None:
    values = {"staff_id": uuid.uuid4(), "basis_id": uuid.uuid4(), "salt": bytes(16), "how_many": 1, "at": clock.now()}
    add(StaffRead(role="research", basis="ticket", claim="support", table_name="ticket", **values))


@breaks("stripe_asked_on_schedule")
def nobody_has_read_prices_for_days(tools: Tools) -> None:
    now = clock.now()
    add(Schedule(name="billing.read_prices", next_at=now, noted_at=now - 90 * DAY, ran_at=now - 3 * DAY))


@breaks("console_for_staff")
def the_console_is_open_to_customers(tools: Tools) -> None:
    tools.patch.setattr(tools.app.view_functions["admin.tickets"], "access_tag", Tag(Gate.SIGNED_IN))


LAST_RUNS = {
    "privacy.remind_of_requests": "requests_in_time",
    "accounts.continue_removals": "lost_factors_on_time",
    "privacy.begin_due": "deletions_on_time",
    "privacy.name_late_steps": "confirmed_or_named",
    "organisations.name_late_products": "late_products_named",
    "organisations.enqueue_due": "countdowns_on_time",
    "privacy.purge_free_space": "nothing_left",
    "privacy.follow_orders": "orders_followed",
    "privacy.ask_idle": "orders_followed",
    "privacy.end_statements": "corrections_decided",
    "privacy.sweep": "periods_kept",
    "privacy.sweep_files": "periods_kept",
    "privacy.reseal": "every_seal_opens",
    "traffic.destroy_keys": "no_address_outlives",
    "billing.read_prices": "stripe_asked_on_schedule",
}
"""Scheduled work -> the check that looks at when it last ran."""


def test_some_check_looks_at_when_each_scheduled_work_last_ran(app: Flask) -> None:
    with app.app_context():
        scheduled = {name for name, kind in job_kinds().items() if kind.schedule}
    # Were the checks themselves not run, every promise of the board would be stale.
    assert scheduled - {"promises.check"} == set(LAST_RUNS)


@pytest.mark.parametrize("ran", [-3 * DAY, 400 * DAY], ids=["days ago", "by a clock ahead"])
@pytest.mark.parametrize("work", LAST_RUNS)
def test_work_that_did_not_run_lately_turns_its_promise_red_whatever_is_due_next(app, unit, monkeypatch, work, ran) -> None:
    (check,) = [check for check in app.extensions["portal.checks"] if check.name == LAST_RUNS[work]]
    monkeypatch.setitem(app.extensions, "portal.checks", (check,))
    now, soon = clock.now(), clock.now() + timedelta(minutes=20)
    with unit():
        add(Schedule(name=work, next_at=soon, noted_at=now - 90 * DAY, ran_at=now))
        (run,) = service.run_checks()
        assert run.result.ok, run.sentences
        db.session.execute(update(Schedule).values(ran_at=now + ran))
        (run,) = service.run_checks()
        assert not run.result.ok
        (sentence,) = run.sentences
    assert work in sentence


def test_a_deletion_that_is_due_in_years_turns_its_promise_red(app, cast, unit, monkeypatch) -> None:
    (check,) = [check for check in app.extensions["portal.checks"] if check.name == "deletions_on_time"]
    monkeypatch.setitem(app.extensions, "portal.checks", (check,))
    with unit():
        add(Deletion(person_id=cast.ada.id, number="X", due_at=clock.now() + 400 * DAY))
        assert [run.result.ok for run in service.run_checks()] == [False]


def test_a_lost_factor_that_goes_in_years_turns_its_promise_red(app, cast, unit, monkeypatch) -> None:
    (check,) = [check for check in app.extensions["portal.checks"] if check.name == "lost_factors_on_time"]
    monkeypatch.setitem(app.extensions, "portal.checks", (check,))
    with unit():
        add(FactorRemoval(person_id=cast.ada.account_id, state=FactorRemovalState.WAITING, due_at=clock.now() + 400 * DAY))
        assert [run.result.ok for run in service.run_checks()] == [False]


def test_every_check_is_broken_once(app: Flask) -> None:
    with app.app_context():
        assert {check.name for check in checks.checks()} == set(BREAKS)


@pytest.mark.parametrize("name", BREAKS)
def test_breaking_a_promise_turns_it_red(app, cast, unit, monkeypatch, name: str) -> None:
    assert cast.ada
    with app.app_context():
        (check,) = [check for check in checks.checks() if check.name == name]
    monkeypatch.setitem(app.extensions, "portal.checks", (check,))

    def check_now() -> tuple[list[str], PromiseStatus]:
        (run,) = service.run_checks()
        parts = service.board(service.standing())
        (line,) = [line for part in parts for line in part.lines if line.promise.id == check.promise]
        assert run.result
        assert len(run.sentences) == len(run.result.statements) > 0
        assert CRASHED not in [statement.code for statement in run.result.statements], run.sentences
        assert all(sentence.endswith(".") for sentence in run.sentences)
        return run.sentences, line.status

    with unit():
        sentences, status = check_now()
        assert status in STANDS, sentences
        BREAKS[name](Tools(app, cast, monkeypatch))
        sentences, status = check_now()
    assert status is PromiseStatus.BROKEN, sentences
