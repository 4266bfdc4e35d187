"""Hands that call services: the rules, without their pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp

from portal.accounts import service as accounts
from portal.app import LOAD_ACTOR
from portal.kit import clock, passwords
from portal.kit.actor import NOBODY, Actor, OrganisationRole
from portal.kit.clients import ClientKey
from portal.kit.refusals import Refusal
from portal.kit.unit import unit_of_work
from portal.newsletter import service as newsletter
from portal.organisations import service as organisations
from portal.privacy import service as privacy
from portal.privacy.service.orders import ORDER_OPTIONS
from portal.recovery import service as recovery
from tests.takeover.reading import emails_to, unspend_codes
from tests.takeover.story import Email, Person

if TYPE_CHECKING:
    from flask import Flask

    from tests.takeover.colleagues import Workplace

DEVICE = "Firefox on Linux"
WRONG = "wrong wrong wrong"


class ServiceHands:
    """A portal whose services are called. To be used inside of an app's context."""

    def __init__(self, _app: Flask, wait: Callable[[timedelta], None]) -> None:
        self._wait = wait

    def _actor(self, session: str) -> Actor:
        return LOAD_ACTOR(session) or NOBODY

    def _does(self, verb: Callable[[], object]) -> bool:
        try:
            with unit_of_work():
                verb()
        except Refusal:
            return False
        return True

    def carry(self, secret: str) -> str:
        return secret

    def is_alive(self, session: str) -> bool:
        return self._actor(session).is_signed_in

    def sign_in(self, who: Person, email: str, password: str) -> bool:
        attempt = accounts.Attempt(email, password, False, DEVICE, _somewhere(), marks=who.marks)
        try:
            with unit_of_work():
                entry = accounts.sign_in(attempt)
            if isinstance(entry, accounts.SecondStep):
                if who.factor is None:
                    return False
                code = _code(who.factor)
                with unit_of_work():
                    entry = accounts.finish_sign_in(entry.token, code=code, device=DEVICE, marks=who.marks)
        except accounts.AccountClosing as closing:
            who.links.append(f"/settings/privacy/delete/undo/{closing.token}")
            return False
        except Refusal:
            return False
        self._hold(who, entry)
        return True

    def _hold(self, who: Person, opened: accounts.SignedIn) -> None:
        who.sessions.append(opened.secret)
        who.marks.insert(0, opened.mark)

    def opens(self, who: Person, email: str, password: str) -> bool:
        # By the hash alone: how sign-in counts tries is not asked here, and takes most of the time.
        with unit_of_work(write=False):
            person = accounts.find_by_email(email)
            return person is not None and bool(passwords.hasher().verify(person.password_hash, password))

    def ask_address(self, session: str, email: str) -> bool:
        actor = self._actor(session)
        return actor.is_fresh and self._does(lambda: accounts.request_email_change(actor, email=email))

    def add_factor(self, who: Person, session: str) -> bool:
        actor = self._actor(session)
        if not actor.is_fresh or actor.has_second_factor:
            return False
        with unit_of_work():
            setup = accounts.begin_factor(actor)
        code, opened = pyotp.TOTP(setup.secret).at(clock.now()), list[accounts.SignedIn]()
        with unit_of_work():
            codes = accounts.prove_app(actor, sealed=setup.sealed, code=code)
        if not self._does(lambda: opened.append(accounts.add_factor(actor, sealed=codes.sealed, code=codes.codes[0]))):
            return False
        self._hold(who, opened[0])
        who.factor, who.codes = setup.secret, list(codes.codes)
        return True

    def replace_factor(self, who: Person, session: str, password: str) -> bool:
        actor, opened = self._actor(session), list[accounts.SignedIn]()
        if not actor.is_fresh or not actor.has_second_factor:
            return False
        with unit_of_work():
            setup = accounts.begin_factor(actor)
        code = pyotp.TOTP(setup.secret).at(clock.now())
        given = {"sealed": setup.sealed, "password": password, "code": code, "device": DEVICE}
        if not self._does(lambda: opened.append(accounts.replace_factor(actor, **given))):
            return False
        self._hold(who, opened[0])
        who.factor = setup.secret
        return True

    def make_codes(self, who: Person, session: str) -> bool:
        actor = self._actor(session)
        if not actor.is_fresh or not actor.has_second_factor:
            return False
        with unit_of_work():
            codes = accounts.draw_codes(actor)
        who.codes = list(codes.codes)
        return self._does(lambda: accounts.make_codes(actor, sealed=codes.sealed, code=codes.codes[0]))

    def say_lost(self, who: Person, email: str, password: str) -> bool:
        attempt, steps = accounts.Attempt(email, password, False, DEVICE, _somewhere(), marks=who.marks), list[str]()
        asked = self._does(lambda: steps.append(getattr(accounts.sign_in(attempt), "token", "")))
        return asked and bool(steps[0]) and self._does(lambda: accounts.request_removal(steps[0]))

    def remove_factor(self, who: Person, session: str, password: str) -> bool:
        actor, opened = self._actor(session), list[accounts.SignedIn]()
        if not actor.is_fresh:
            return False
        if not self._does(lambda: opened.append(accounts.remove_factor(actor, password=password, device=DEVICE))):
            return False
        self._hold(who, opened[0])
        return True

    def rename(self, session: str) -> bool:
        actor = self._actor(session)
        change = {"name": "Somebody Else", "language": "zh_Hans", "time_zone": "Asia/Shanghai"}
        return actor.is_signed_in and self._does(lambda: accounts.change_profile(actor, **change))

    def ask_deletion(self, session: str) -> bool:
        actor = self._actor(session)
        return actor.is_fresh and self._does(lambda: privacy.request_deletion(actor))

    def plant_order(self, session: str) -> bool:
        actor = self._actor(session)
        wanted = {kind: options[0] for kind, options in ORDER_OPTIONS.items()}
        return actor.is_fresh and self._does(lambda: privacy.set_orders(actor, wanted=wanted))

    def invite(self, session: str) -> bool:
        actor, made = self._actor(session), list[uuid.UUID]()
        if not actor.is_fresh or not self._does(lambda: made.append(organisations.create(actor, name="Accomplices"))):
            return False
        how = {"email": "accomplice@example.com", "role": OrganisationRole.OWNER}
        return self._does(lambda: organisations.invite(made[0], by=actor, **how))

    def _does_inside(self, session: str, verb: Callable[[Actor], object]) -> bool:
        actor = self._actor(session)
        return actor.is_fresh and self._does(lambda: verb(actor))

    def dissolve(self, session: str, at: Workplace) -> bool:
        return self._does_inside(session, lambda actor: organisations.request_dissolution(at.id, by=actor))

    def hand_over(self, session: str, at: Workplace) -> bool:
        how = {"email": at.colleague, "leaves": True}
        return self._does_inside(session, lambda actor: organisations.offer_hand_over(at.id, by=actor, **how))

    def ask_for_recovery(self, session: str, at: Workplace) -> bool:
        return self._does_inside(session, lambda actor: organisations.request_recovery(at.id, by=actor))

    def ask_to_join(self, session: str, at: Workplace) -> bool:
        return self._does_inside(session, lambda actor: organisations.ask_to_join(at.domain_id, by=actor))

    def take_leaving_pack(self, session: str, at: Workplace) -> bool:
        return self._does_inside(session, lambda actor: privacy.start_pack(at.id, by=actor))

    def take_copy(self, session: str) -> bool:
        return self._does_inside(session, privacy.start_export)

    def change_password(self, who: Person, session: str, current: str, password: str) -> bool:
        actor, opened = self._actor(session), list[accounts.SignedIn]()
        if not actor.is_fresh:
            return False
        change = {"current": current, "password": password, "device": DEVICE}
        if not self._does(lambda: opened.append(accounts.change_password(actor, **change))):
            return False
        self._hold(who, opened[0])
        return True

    def sign_out_others(self, session: str) -> bool:
        actor = self._actor(session)
        return actor.is_signed_in and self._does(lambda: accounts.end_other_sessions(actor))

    def report_inside(self, session: str) -> bool:
        actor = self._actor(session)
        return actor.is_signed_in and self._does(lambda: recovery.report_unauthorised_by_session(actor))

    def guess_inside(self, session: str, tries: int) -> None:
        actor = self._actor(session)
        for _try in range(tries):
            self._does(lambda: accounts.confirm_it_is_you(actor, password=WRONG, device=DEVICE))

    def sign_up(self, who: Person, email: str, password: str) -> bool:
        wish, made = accounts.SignUpRequest("Somebody Else", email, password, "en"), list[uuid.UUID]()
        if not self._does(lambda: made.append(accounts.sign_up(wish, client=_somewhere()))):
            return False
        who.links.append(f"/signup/resend/{accounts.sign_up_token(made[0])}")
        return True

    def guess(self, email: str, tries: int) -> None:
        for _try in range(tries):
            self._does(lambda: accounts.sign_in(accounts.Attempt(email, WRONG, False, DEVICE, _somewhere())))

    def forget(self, email: str) -> None:
        self._does(lambda: recovery.request_reset(email, client=_somewhere()))

    def report(self, email: str) -> None:
        self._does(lambda: recovery.report_misuse(email, message="Somebody is in it.", client=_somewhere()))

    def subscribe(self, email: str) -> None:
        self._does(lambda: newsletter.ask(email, language="en", client=_somewhere()))

    def press(self, who: Person, path: str, *, password: str) -> bool:
        page, _, token = path.rpartition("/")
        verb = self._verbs(who, token, password).get(page)
        return verb is not None and self._does(verb)

    def _verbs(self, who: Person, token: str, password: str) -> dict[str, Callable[[], object]]:
        """Return what the button of each page does that a link may open."""
        alive = [self._actor(session).session_id for session in who.sessions]
        keep = next((session_id for session_id in reversed(alive) if session_id), None)
        again = {"client": _somewhere()}
        return {
            "/verify-email": lambda: accounts.confirm_address(token),
            "/signup/resend": lambda: accounts.send_again(accounts.sign_up_by_token(token).id, **again),
            "/reset-password": lambda: who.marks.insert(0, recovery.choose_password(token, password=password)),
            "/wasnt-me": lambda: recovery.report_unauthorised_by_link(token),
            "/settings/email/confirm": lambda: accounts.confirm_email_change(token, keep_session=keep),
            "/settings/email/veto": lambda: _veto(token),
            "/settings/email/undo": lambda: recovery.undo_email_change(token),
            "/lost-factor/confirm": lambda: accounts.confirm_removal(token),
            "/lost-factor/stop": lambda: accounts.stop_removal_by_link(token),
            "/settings/privacy/delete/undo": lambda: privacy.undo(token),
            "/newsletter/confirm": lambda: newsletter.confirm(token),
            "/newsletter/unsubscribe": lambda: newsletter.unsubscribe(token),
        }

    def emails(self, mailbox: str) -> list[Email]:
        return emails_to(mailbox)

    def wait(self, *, minutes: int) -> None:
        self._wait(timedelta(minutes=minutes))


def _veto(token: str) -> None:
    # As the page does: of a change that is made already it leads to the undo.
    change = accounts.email_change_to_veto(token)
    if change.confirmed_at:
        recovery.undo_email_change(accounts.undo_token(change))
    else:
        recovery.veto_email_change(token)


def _somewhere() -> ClientKey:
    """Return a place that nobody has come from yet: limits per place are no part of these stories."""
    return ClientKey(str(uuid.uuid4()))


def _code(secret: str) -> str:
    unspend_codes()
    return pyotp.TOTP(secret).at(clock.now())
