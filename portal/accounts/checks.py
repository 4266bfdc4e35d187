"""The promises that this area keeps, each with its check."""

from datetime import timedelta

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from flask import current_app

from portal.accounts import service
from portal.accounts.models import Person, RecoveryCode, SignUp, TotpFactor
from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit import staff_checks
from portal.kit.checks import Check, Finding, failed, failed_by, nothing_yet, passed, state
from portal.kit.i18n import _, _l, listed, ngettext
from portal.kit.settings import current_settings

ACCOUNT = frozenset({"name", "email", "email_key", "language", "time_zone", "avatar_key"})
"""What an account may say about a person; the rest of its columns guard it."""
GUARDS = frozenset(
    {
        "id", "password_hash", "password_set_at", "password_verdict", "reset_requested_at", "terms_version",
        "terms_accepted_at", "created_at", "frozen_at", "deactivated_at", "disabled_at",
        "wrong_passwords", "wrong_passwords_known",
    }
)  # fmt: skip
KEYS_OF_ACCOUNTS = (Person.password_hash, Person.password_set_at, Person.password_verdict, SignUp.password_hash)
FACTORS = (TotpFactor, RecoveryCode)
"""What no member of staff ever writes, whatever the register says of it."""
SAMPLE = 1000
GRACE = timedelta(hours=3)
"""How late an hourly sweep may be before it counts as one that does not run."""
FLOOR = 19 * 1024 * 2
"""Memory in KiB times passes: the least that OWASP's sheet on password storage gives for argon2id (2024)."""


def _account_is_small() -> Finding:
    more = service.account_columns() - ACCOUNT - GUARDS
    return failed("more", columns=sorted(more)) if more else passed("small")


def _cookies_guarded() -> Finding:
    config, faults = current_app.config, []
    if not config["SESSION_COOKIE_HTTPONLY"] or config["SESSION_COOKIE_SAMESITE"] != "Lax":
        faults.append(state("within_reach"))
    if current_settings().is_https and not (
        config["SESSION_COOKIE_SECURE"] and config["SESSION_COOKIE_NAME"].startswith("__Host-")
    ):
        faults.append(state("unencrypted"))
    if "accounts.login" not in current_app.view_functions:
        faults.append(state("no_sign_in_page"))
    return failed_by(faults) if faults else passed("guarded")


def _only_argon2id() -> Finding:
    settings = current_settings()
    today = settings.argon2_memory_kib * settings.argon2_time
    if settings.is_production and today < FLOOR:
        return failed("new_too_cheap")
    hashes = service.newest_password_hashes(SAMPLE)
    weak = sum(not _is_strong(each, least=min(today, FLOOR)) for each in hashes)
    if weak:
        return failed("too_cheap", hashes=weak)
    return passed("hashes", hashes=len(hashes)) if hashes else nothing_yet("no_password")


def _is_strong(hashed: str, *, least: int) -> bool:
    try:
        parameters = extract_parameters(hashed)
    except InvalidHashError:
        return False
    return parameters.type.name == "ID" and parameters.memory_cost * parameters.time_cost >= least


def _lost_factors_on_time() -> Finding:
    if late := service.count_late_removals(grace=GRACE):
        return failed("overdue", requests=late)
    if put_off := service.count_put_off_removals():
        return failed("put_off", requests=put_off)
    fault = find_run_fault("accounts.continue_removals", grace=GRACE)
    return failed_by([fault]) if fault else passed("on_time")


def _staff_write_no_key() -> Finding:
    return staff_checks.refused(*KEYS_OF_ACCOUNTS, *staff_checks.columns_of(*FACTORS))


CHECKS = (
    Check(
        promise="P03",
        name="account_is_small",
        what=_l(
            "A User Account holds a name, email address, language, time zone and photo, what protects it, and nothing else."
        ),
        run=_account_is_small,
        says={
            "more": lambda columns: _("An account also holds: %(columns)s.", columns=listed(columns)),
            "small": lambda: _("An account holds nothing else."),
        },
    ),
    Check(
        promise="P06",
        name="cookies_guarded",
        what=_l("Scripts can’t read the cookie that keeps you signed in, and other sites can’t use it."),
        run=_cookies_guarded,
        says={
            "within_reach": lambda: _("Scripts or other sites can reach the cookie."),
            "unencrypted": lambda: _("The cookie can be sent unencrypted."),
            "no_sign_in_page": lambda: _("There is no sign-in page to say so."),
            "guarded": lambda: _("The cookie is protected."),
        },
    ),
    Check(
        promise="P07",
        name="only_argon2id",
        what=_l("Every stored password is an argon2id hash of sufficient cost."),
        run=_only_argon2id,
        says={
            "new_too_cheap": lambda: _("New passwords are hashed too cheaply."),
            "too_cheap": lambda hashes: ngettext(
                "%(num)s stored password is hashed too cheaply or in another way.",
                "%(num)s stored passwords are hashed too cheaply or in another way.",
                hashes,
            ),
            "hashes": lambda hashes: ngettext("%(num)s hash checked.", "%(num)s hashes checked.", hashes),
            "no_password": lambda: _("No passwords yet."),
        },
    ),
    Check(
        promise="P09",
        name="staff_write_no_key",
        what=_l("Whatever staff write passes a guard. It refuses passwords and two-step verification, in every role."),
        run=_staff_write_no_key,
        says=staff_checks.SAYS,
    ),
    Check(
        promise="P10",
        name="lost_factors_on_time",
        what=_l(
            "Requests to turn off two-step verification without a code are announced and carried out on their day, and we "
            "checked for due ones recently."
        ),
        run=_lost_factors_on_time,
        says={
            **RUN_FAULTS,
            "overdue": lambda requests: ngettext("%(num)s request is overdue.", "%(num)s requests are overdue.", requests),
            "put_off": lambda requests: ngettext(
                "%(num)s request is dated too far ahead.", "%(num)s requests are dated too far ahead.", requests
            ),
            "on_time": lambda: _("No request is overdue."),
        },
    ),
)
