"""The public documents, the registers that stand behind them, and two well-known addresses."""

from datetime import UTC, date, datetime, time
from typing import Any

from flask import Blueprint, Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, claims, clock
from portal.kit.i18n import _
from portal.kit.links import external_url
from portal.kit.settings import current_settings
from portal.kit.templating import day, render_same
from portal.legal import cookies as cookie_register
from portal.legal import documents, safeguards
from portal.legal import vendors as vendor_register
from portal.legal.policy import PERIODS, company_from, period

bp = Blueprint("legal", __name__)


def _in_force(key: str) -> dict[str, object]:
    document = documents.get(key)
    return {
        "document": document,
        "version": document.in_force(clock.today()),
        "payment_vendor": vendor_register.get("stripe"),
        "vendors": vendor_register.in_force(clock.today()),
    }


@bp.get("/privacy")
@access.public
def privacy() -> str:
    """Show the policy, with the table of all data drawn from the register (P02)."""
    in_force: dict[str, Any] = _in_force("privacy")
    return render_same(
        "legal/privacy.html",
        *in_force.values(),
        **in_force,
        google_cookies=cookie_register.GOOGLE_NAMES,
        rows=claims.register().rows,
        periods=PERIODS.values(),
    )


@bp.get("/terms")
@access.public
def terms() -> str:
    """Show the terms of the Online Services."""
    in_force: dict[str, Any] = _in_force("terms")
    return render_same("legal/terms.html", *in_force.values(), **in_force)


@bp.get("/eula")
@access.public
def eula() -> str:
    """Show the licence agreement of the Licensed Products."""
    in_force: dict[str, Any] = _in_force("eula")
    return render_same("legal/eula.html", *in_force.values(), **in_force)


@bp.get("/privacy/history")
@access.public
def history() -> str:
    """Show every version of every document, the newest first (P42)."""
    known, today = tuple(documents.DOCUMENTS.values()), clock.today()
    return render_same("legal/history.html", known, today, documents=known, events=_events, today=today)


def _title(version: documents.Version) -> str:
    if version.significance is documents.Significance.FIRST:
        return str(_("Version %(number)s: first version", number=version.number))
    if version.significance is documents.Significance.WORDING:
        return str(_("Version %(number)s: only the wording changed", number=version.number))
    return str(_("Version %(number)s: a significant change", number=version.number))


def _events(document: documents.Document, today: date) -> list[dict[str, object]]:
    bound = document.in_force(today)
    return [
        {
            "title": _title(each),
            "when": _("In effect from %(day)s", day=day(each.effective_on)),
            "text": each.summary,
            "state": "now" if each is bound else "next" if each.effective_on > today else "done",
        }
        for each in document.versions
    ]


@bp.get("/vendors")
@access.public
def vendors() -> str:
    """Show everybody who handles data for the company, and who is announced (P04, P05)."""
    today = clock.today()
    in_force, announced = vendor_register.in_force(today), vendor_register.announced(today)
    return render_same("legal/vendors.html", in_force, announced, today, vendors=in_force, announced=announced, today=today)


@bp.get("/cookies")
@access.public
def cookies() -> str:
    """Show every cookie, and take the choice about statistics (P06, P22)."""
    name, is_https = current_app.config["SESSION_COOKIE_NAME"], current_settings().is_https
    return render_same(
        "legal/cookies.html",
        name,
        is_https,
        own=lambda: cookie_register.own(session_name=name, is_https=is_https),
        google=cookie_register.google,
    )


@bp.get("/security")
@access.public
def security() -> str:
    """Show the safeguards with their evidence (P46), and how to report a weakness."""
    return render_same("legal/security.html", kinds=safeguards.KINDS)


@bp.get("/.well-known/security.txt")
@access.public
def security_txt() -> Response:
    """Say whom to tell about a weakness, in the form of RFC 9116. It expires by the day, so that a copy is stable."""
    company = company_from(current_settings())
    expires = datetime.combine(clock.today() + period("security_txt"), time.min, tzinfo=UTC)
    lines = [
        f"Contact: mailto:{company.privacy_email}",
        f"Contact: {external_url('support.contact')}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, zh",
        f"Canonical: {external_url('legal.security_txt')}",
        f"Policy: {external_url('legal.security')}#report",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/.well-known/change-password")
@access.public
def change_password() -> ResponseReturnValue:
    """Lead password managers to the page that changes a password (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect(url_for("accounts.password"), code=302)
