"""Which pages are taken: every one of the route table, each as it looks in the middle of somebody's life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Response, expect

from tests.accounts.walk import CONFIRM, STOP
from tests.browser import LiveServer, profile, sign_in
from tests.pictures import demo, disabling, licences, organisations, rights
from tests.pictures.demo import Demo
from tests.pictures.holds import holding
from tests.pictures.requests import asking, correcting, dissolved, entering, erasing, waiting

Act = Callable[[Page, Demo], None]
NO_PAGES = {
    "privacy.public_keys", "privacy.receipt_file", "privacy.verifier",
    "licences.verifier", "licences.vectors", "licences.revoked", "licences.licence_file", "licences.activation_file",
    "accounts.avatar_photo", "admin.attachment", "admin.evidence", "legal.change_password", "legal.security_txt",
    "mail.mailbox_json",
    "privacy.export_file", "privacy.export_progress", "probes.healthz", "probes.metrics", "probes.readyz", "static",
    "support.attachment", "organisations.activity_file", "support.shared_file",
    "support.guest_attachment", "mail.email_part", "privacy.copy_file", "privacy.copy_progress",
    "privacy.leaving_pack_file", "privacy.leaving_pack_progress",
}  # fmt: skip
"""Answers that are files, or are read by programs."""
WHO = {"public": "visitor", "signed in": "ada", "fresh": "ada", "organisation": "ada", "staff": "sam"}


@dataclass(frozen=True)
class Scene:
    """A page to take: whose, where, and what is done on it first."""

    endpoint: str
    who: str
    path: str
    act: Act | None = None
    note: str = ""

    @property
    def name(self) -> str:
        """What its picture is called."""
        return f"{self.endpoint.replace('.', '-')}{'-' + self.note if self.note else ''}"


def _send(page: Page, button: str) -> None:
    before = page.locator("h1").inner_text()
    page.locator("main").get_by_role("button", name=button, exact=True).first.click()
    expect(page.locator("h1")).not_to_have_text(before)


def half_signed_in(page: Page, made: Demo) -> None:
    """Give the password of somebody who has a second factor."""
    sam = made.people["sam"]
    page.get_by_label("Email address", exact=True).fill(sam.email)
    page.get_by_label("Password", exact=True).fill(sam.password)
    _send(page, "Sign in")


def lost_phone(page: Page, made: Demo) -> None:
    """Go on to the page for a recovery code."""
    half_signed_in(page, made)
    _send(page, "Lost your phone? Use a recovery code")


def refused(page: Page, _made: Demo) -> None:
    """Send a form with nothing in it."""
    page.locator("main form").first.get_by_role("button").last.click()
    page.get_by_role("alert").wait_for()


def code_of_the_app(page: Page, _made: Demo) -> None:
    """Give the first code of an authenticator app."""
    page.locator("main [name=code]").fill(demo.totp_now(page.locator("#key").inner_text()))
    _send(page, "Continue")


LINKS: dict[str, Callable[[Demo], str]] = {
    "accounts.check_email": demo.signed_up,
    "accounts.confirm_email": lambda made: demo.moving(made, to="rosa", part="confirm", at="new"),
    "accounts.confirm_removal": lambda made: demo.losing(made, CONFIRM),
    "accounts.stop_removal": lambda made: demo.losing(made, STOP),
    "accounts.verify_email": demo.verify,
    "admin.ticket": lambda made: f"/admin/tickets/{made.ticket_about('Markers')}",
    "admin.answer_and_next": lambda made: f"/admin/tickets/{made.ticket_about('Markers')}/send-and-next",
    "admin.answer_and_close": lambda made: f"/admin/tickets/{made.ticket_about('Markers')}/send-and-close",
    "admin.redact_message": lambda made: f"/admin/messages/{made.first_message('Markers')}/redact",
    "admin.redact_file": lambda made: f"/admin/files/{made.first_file()}/redact",
    **{f"admin.{name}": holding(name) for name in ("holdable", "holdable_records", "set_hold", "hold", "read_kept")},
    "admin.erasure_step": erasing,
    "admin.erasure_of_organisation": dissolved,
    "admin.disabling_case": disabling.proposed,
    "admin.uphold_disabling": lambda made: disabling.decided(made) + "/uphold",
    "admin.lift_disabling": lambda made: disabling.decided(made) + "/lift",
    "admin.read_request": lambda made: asking(made),
    "admin.pause_request": lambda made: asking(made) + "/pause",
    "admin.decide_corrections": lambda made: correcting(made) + "/corrections",
    "mail.email": demo.email_shown,
    **{f"organisations.{name}": organisations.page(name) for name in organisations.PAGES},
    "organisations.invitation": organisations.invited,
    "organisations.hand_over_offer": organisations.offered,
    "organisations.keep_by_link": organisations.dissolving,
    "organisations.end_recovery_by_link": organisations.recovering,
    "organisations.set_up_second_factor": organisations.led,
    "organisations.join_request": organisations.asked,
    "organisations.leave_while_disabled": organisations.shut_out,
    "licences.licence": licences.bought,
    "licences.activate_by_file": lambda made: f"{licences.bought(made)}/activate",
    "licences.machine": licences.activated,
    "newsletter.confirm": lambda made: demo.newsletter(made, "confirm"),
    "newsletter.unsubscribe": lambda made: demo.newsletter(made, "unsubscribe"),
    "privacy.data_part": lambda _made: "/settings/privacy/data/support",
    "privacy.data_line": lambda _made: "/settings/privacy/data/kit/audit_entry",
    "admin.choose_entry": lambda made: correcting(made) + "/correct",
    "admin.propose_correction": entering,
    "privacy.correct_entry": lambda made: f"/settings/privacy/data/support/ticket/{made.ticket_about('Markers')}/correct",
    "privacy.dispute_entry": lambda made: f"/settings/privacy/data/support/ticket/{made.ticket_about('Markers')}/statement",
    "privacy.export": lambda made: demo.preparing(made).rpartition("/")[0].rpartition("/")[0],
    "privacy.export_page": demo.preparing,
    "privacy.leaving_pack": lambda made: organisations.packed(made)[0],
    "privacy.leaving_pack_page": lambda made: organisations.packed(made)[1],
    "privacy.receipt": demo.receipt,
    "privacy.still_here": demo.still_here,
    "privacy.my_request": lambda made: waiting(made, guest=False),
    "privacy.reply_to_mine": lambda made: waiting(made, guest=False) + "/reply",
    "privacy.fetch_copy": rights.copied,
    "privacy.own_request": lambda made: waiting(made, guest=True),
    "privacy.open_statements": lambda made: rights.declined(made) + "/statement",
    "privacy.dispute_by_link": rights.disputing,
    "privacy.reply_to_request": lambda made: waiting(made, guest=True) + "/reply",
    "privacy.undo": demo.closing,
    "recovery.choose_password": demo.reset,
    "recovery.undo_email": lambda made: demo.moving(made, to="tess", part="undo", at="old"),
    "recovery.veto_email": lambda made: demo.moving(made, to="una", part="veto", at="old"),
    "recovery.wasnt_me": demo.wasnt_me,
    "support.guest_ticket": demo.guest_ticket,
    "support.shared_ticket": organisations.shared,
    "support.shared_tickets": lambda made: organisations.shared(made).rpartition("/")[0],
    "support.delete_ticket": lambda made: f"/support/{made.ticket_about('Markers')}/delete",
    "support.ticket": lambda made: f"/support/{made.ticket_about('Markers')}",
}
"""Pages with a variable part -> how their address comes about."""
JOURNEYS: dict[str, tuple[str, str, Act]] = {
    "accounts.second_factor": ("visitor", "/login", half_signed_in),
    "accounts.lost_phone": ("visitor", "/login", lost_phone),
    "accounts.save_codes": ("newcomer", "/settings/second-factor", code_of_the_app),
}
"""Pages within a journey -> whose, where it begins, and how it gets there."""
AS_SAM = {"accounts.recovery_codes", "accounts.remove_factor", "accounts.replace_factor", "accounts.request_removal_inside"}
"""Pages of whoever has a second factor."""
AS_PIA = {
    "admin.erasures", "admin.erasure_step", "admin.erasure_of_organisation",
    "admin.requests", "admin.enter_request", "admin.read_request",
    "admin.pause_request", "admin.decide_corrections", "admin.choose_entry", "admin.propose_correction",
    "admin.holds", "admin.holdable",
    "admin.holdable_records", "admin.set_hold", "admin.hold",
    "admin.read_kept",
}  # fmt: skip
"""Pages of the privacy officer."""
AS_SENA = {"admin.disablings", "admin.disabling_case", "admin.uphold_disabling", "admin.lift_disabling"}
"""Pages of a senior."""
AS_OLA = {"disabling.disabled", "disabling.appeal"}
"""Pages of somebody whose account is disabled."""
AS_BEN = {"organisations.hand_over_offer", "organisations.leave_while_disabled"}
"""Pages of a Member whom an Owner asks."""
ON_THE_WAY = {
    "accounts.lost_factor": "as accounts.lost_phone, one step on",
    "accounts.recovery_code": "lost_phone, for whoever has given a password",
    "accounts.request_removal": "lost_factor, after its button",
}
"""Pages that look as another one does, which is taken."""


def _who(endpoint: str, gate: str) -> str:
    others = {"sam": AS_SAM, "pia": AS_PIA, "ben": AS_BEN, "sena": AS_SENA, "ola": AS_OLA}
    return next((who for who, theirs in others.items() if endpoint in theirs), WHO[gate])


def scenes(app: Flask, made: Demo) -> Iterator[Scene]:
    """Yield every page, and some of them in a further state."""
    # The officer's list is taken before any one request of it.
    asking(made)
    disabling.proposed(made)
    for endpoint, gate, rule in pages(app):
        if endpoint in LINKS:
            yield Scene(endpoint, _who(endpoint, gate), LINKS[endpoint](made))
        elif endpoint in JOURNEYS:
            who, path, act = JOURNEYS[endpoint]
            yield Scene(endpoint, who, path, act)
        elif endpoint not in ON_THE_WAY:
            yield Scene(endpoint, _who(endpoint, gate), rule)
    yield Scene("privacy.own_request", "visitor", rights.awaiting_its_code(made), note="code")
    yield Scene("privacy.own_request", "visitor", rights.refused(made), note="refused")
    yield Scene("privacy.own_request", "visitor", rights.copied_request(made), note="copied")
    yield Scene("privacy.own_request", "visitor", rights.preparing(made), note="preparing")
    yield Scene("home.home", "newcomer", "/home", note="new")
    yield Scene("admin.read_request", "pia", correcting(made), note="correction")
    yield Scene("admin.overview", "pia", "/admin/", note="officer")
    yield Scene("admin.overview", "sena", "/admin/", note="senior")
    yield Scene("admin.disabling_case", "sena", disabling.decided(made), note="appeal")
    yield Scene("organisations.overview", "ben", organisations.disabled(made), note="disabled")
    yield Scene("support.contact", "ada", "/contact", note="signed-in")
    yield Scene("support.overview", "newcomer", "/support", note="empty")
    yield Scene("accounts.login", "visitor", "/login", refused, note="refused")
    yield Scene("errors.error", "visitor", "/nowhere", note="not-found")
    yield Scene("errors.error", "ada", "/nowhere", note="not-found-signed-in")


def opened(
    chromium: Browser, live: LiveServer, made: Demo, scene: Scene, *, came: list[Response] | None = None, **look: Any
) -> Page:
    """Open a scene in a browser profile of its own. `came` collects the pages that came on the way."""
    page = chromium.new_context(**{**profile(live, **look.pop("options", {})), **look}).new_page()
    if came is not None:
        page.on("response", lambda answer: came.append(answer) if _is_page(answer) else None)
    if scene.who != "visitor":
        sign_in(page, made.signed_in(scene.who))
    page.goto(scene.path)
    if scene.act:
        scene.act(page, made)
    return page


def _is_page(answer: Response) -> bool:
    """Tell whether an answer is a page, and no picture and no frame within one."""
    return answer.request.is_navigation_request() and answer.frame.parent_frame is None


def pages(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield the pages of the route table: endpoint, gate and rule."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        tag = getattr(app.view_functions[rule.endpoint], "access_tag", None)
        if tag is not None and "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES:
            yield rule.endpoint, tag.gate.value, rule.rule
