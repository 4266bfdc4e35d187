"""The promises that this area keeps, each with its check."""

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from flask import current_app

from portal.accounts import service
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.i18n import _l
from portal.kit.settings import current_settings

ACCOUNT = frozenset({"name", "email", "email_key", "language", "time_zone", "avatar_key"})
"""What an account may say about a person; the rest of its columns guard it."""
GUARDS = frozenset(
    {
        "id", "password_hash", "password_set_at", "reset_asked_at", "terms_version", "terms_accepted_at", "created_at",
        "frozen_at", "deactivated_at",
    }
)  # fmt: skip
SAMPLE = 1000
FLOOR = 19 * 1024 * 2
"""Memory in KiB times passes: the least that OWASP's sheet on password storage gives for argon2id (2024)."""


def _account_is_small() -> Finding:
    more = service.account_columns() - ACCOUNT - GUARDS
    return failed("an account also holds " + ", ".join(sorted(more))) if more else passed(", ".join(sorted(ACCOUNT)))


def _cookies_guarded() -> Finding:
    config, faults = current_app.config, []
    if not config["SESSION_COOKIE_HTTPONLY"] or config["SESSION_COOKIE_SAMESITE"] != "Lax":
        faults.append("scripts or foreign sites reach the cookie")
    if current_settings().is_https and not (
        config["SESSION_COOKIE_SECURE"] and config["SESSION_COOKIE_NAME"].startswith("__Host-")
    ):
        faults.append("the cookie may travel in the clear")
    if "accounts.login" not in current_app.view_functions:
        faults.append("there is no sign-in page to say so")
    return failed("; ".join(faults)) if faults else passed(config["SESSION_COOKIE_NAME"])


def _only_argon2id() -> Finding:
    settings = current_settings()
    today = settings.argon2_memory_kib * settings.argon2_time
    if settings.is_production and today < FLOOR:
        return failed("new passwords are hashed too cheaply")
    hashes = service.newest_password_hashes(SAMPLE)
    weak = sum(not _is_strong(each, least=min(today, FLOOR)) for each in hashes)
    if weak:
        return failed(f"{weak} of {len(hashes)} stored passwords are hashed too cheaply or by something else")
    return passed(f"{len(hashes)} looked at") if hashes else nothing_yet("no password yet")


def _is_strong(hashed: str, *, least: int) -> bool:
    try:
        parameters = extract_parameters(hashed)
    except InvalidHashError:
        return False
    return parameters.type.name == "ID" and parameters.memory_cost * parameters.time_cost >= least


CHECKS = (
    Check(
        promise="P03",
        name="account_is_small",
        what=_l("A User Account has no field but name, address, language, time zone, photo, and what guards it."),
        run=_account_is_small,
    ),
    Check(
        promise="P06",
        name="cookies_guarded",
        what=_l("The cookie that signs you in is out of reach of scripts and of foreign sites."),
        run=_cookies_guarded,
    ),
    Check(
        promise="P07",
        name="only_argon2id",
        what=_l("Every stored password is an argon2id hash of sufficient cost."),
        run=_only_argon2id,
    ),
)
