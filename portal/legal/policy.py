"""The one setting per period, and the company's particulars.

The policy page, the sweep and the check all read the figure from here, so that none of them can say another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from portal.kit.i18n import _l


@dataclass(frozen=True)
class Period:
    """A length of time that the company binds itself to. `label` says, in a few words, what it bounds."""

    name: str
    length: timedelta
    label: Any


_ALL = (
    # Accounts and links
    Period("confirmation_link", timedelta(hours=24), _l("A link that confirms an email address")),
    Period("never_confirmed", timedelta(days=7), _l("An account that was never confirmed")),
    Period("reset_link", timedelta(minutes=30), _l("A link that resets a password")),
    Period("email_change_confirm", timedelta(minutes=60), _l("A link that confirms a new email address")),
    Period("email_change_undo", timedelta(days=7), _l("The right to undo a change of email address")),
    Period("factor_removal_confirm", timedelta(minutes=60), _l("A link that asks us to turn off two-step verification")),
    Period("factor_removal", timedelta(days=7), _l("The wait before lost two-step verification is turned off")),
    Period("factor_removal_reminder", timedelta(days=2), _l("The reminder before it’s turned off")),
    Period("wasnt_me_link", timedelta(days=7), _l("A link that says “This wasn’t me”")),
    Period("invitation", timedelta(hours=72), _l("An invitation to an organisation")),
    Period("hand_over", timedelta(hours=72), _l("An offer to hand over an organisation")),
    Period("join_request", timedelta(days=30), _l("A request to join an organisation")),
    Period("human_code", timedelta(minutes=10), _l("A code you type in")),
    # Signing in
    Period("session_idle", timedelta(hours=12), _l("Staying signed in without any activity")),
    Period("session_absolute", timedelta(hours=24), _l("Staying signed in at most")),
    Period("session_remembered", timedelta(days=30), _l("Staying signed in with “Remember me”")),
    Period("fresh", timedelta(minutes=30), _l("Confirming it’s you before a sensitive step")),
    Period("sign_in_history", timedelta(days=90), _l("Sign-in history")),
    Period("unsent_form", timedelta(hours=12), _l("A form that waits until you’ve signed in again")),
    Period("form_use", timedelta(hours=1), _l("The mark that a form was sent, so that it’s taken once")),
    Period("throttle", timedelta(hours=24), _l("Counts that slow down guessing, under a keyed hash")),
    # Records
    Period("audit", timedelta(days=2 * 365), _l("The audit trail: IDs and facts, no addresses")),
    Period("visits", timedelta(days=14), _l("The log of visits, with encrypted IP addresses")),
    Period("consent", timedelta(days=182), _l("A choice about analytics, whether accepted or refused")),
    Period("delivered_email", timedelta(days=30), _l("The record that an email was delivered, without its text")),
    Period("undelivered_email", timedelta(days=7), _l("An email that can’t be delivered")),
    Period("finished_job", timedelta(days=7), _l("The record of a finished background task")),
    # Organisations
    Period("dissolution", timedelta(days=14), _l("The wait before an organisation is dissolved")),
    Period("orphaned", timedelta(days=90), _l("No Owner signs in before a Member can ask to become one")),
    Period("recovery", timedelta(days=14), _l("The wait before that Member becomes an Owner")),
    Period("countdown_first", timedelta(days=7), _l("First reminder of what waits in an organisation")),
    Period("countdown_last", timedelta(days=1), _l("Last reminder of what waits in an organisation")),
    Period("organisation_activity", timedelta(days=2 * 365), _l("The activity log of an organisation")),
    Period("leaving_pack", timedelta(days=30), _l("A prepared leaving pack of an organisation")),
    # Talking to us, newsletter, research
    Period("disabling", timedelta(days=2 * 365), _l("The record that an account was disabled, after it ended")),
    Period("attachment", timedelta(days=90), _l("A file attached to a ticket, unless you shorten it")),
    Period("guest_link", timedelta(days=30), _l("A link to a ticket you sent without an account, after it’s closed")),
    Period("misuse_report", timedelta(days=180), _l("A report of account misuse, after our last reply")),
    Period("newsletter_confirm", timedelta(hours=24), _l("A link that confirms a newsletter subscription")),
    Period("research_max", timedelta(days=2 * 365), _l("The personal data of a research study")),
    # Rights
    Period("export_ready", timedelta(days=7), _l("A prepared copy of your data")),
    Period("standing_order_start", timedelta(days=7), _l("The wait before automatic deletion starts")),
    Period("deletion_undo", timedelta(days=14), _l("The right to cancel the deletion of an account")),
    Period("step_confirmation", timedelta(days=7), _l("A product or vendor’s confirmation that it deleted your data")),
    Period("backups", timedelta(days=60), _l("Backups that still hold deleted data")),
    Period("request_answer", timedelta(days=30), _l("The answer to a request about your data")),
    Period("request_alarm_first", timedelta(days=15), _l("First reminder about an open request")),
    Period("request_alarm_second", timedelta(days=23), _l("Second reminder about an open request")),
    Period("request_alarm_third", timedelta(days=28), _l("Third reminder about an open request")),
    Period("hold_statute", timedelta(days=10 * 365), _l("A record that a law requires us to keep, at most")),
    Period("hold_legal_claim", timedelta(days=365), _l("A record kept for a legal claim, at most, unless we renew it")),
    Period("hold_transaction", timedelta(days=365), _l("A record kept for an open transaction, at most")),
    Period("hold_archive", timedelta(days=2 * 365), _l("A record kept for our archive, at most")),
    Period("hold_support", timedelta(days=365), _l("A record kept to support you, at most")),
    Period("hold_bug", timedelta(days=180), _l("A record kept to fix a bug, at most")),
    # The company's own duties
    Period("breach_notice", timedelta(hours=72), _l("Notice of a breach")),
    Period("vendor_notice", timedelta(days=30), _l("Notice before a new vendor takes effect")),
    Period("licence_mend", timedelta(days=30), _l("Time to fix a breach of the licence agreement")),
    Period("security_txt", timedelta(days=90), _l("How long a copy of security.txt can be relied on")),
)

PERIODS: Mapping[str, Period] = {each.name: each for each in _ALL}
"""Every period by its name. A sweep, a link and a sentence that need a length take it from here."""

LENGTHS: Mapping[str, timedelta] = {name: each.length for name, each in PERIODS.items()}
"""The lengths alone, for `kit.periods`."""


def period(name: str) -> timedelta:
    """Return the length of the named period. Raises KeyError for a name that no policy sets."""
    return LENGTHS[name]


@dataclass(frozen=True)
class Company:
    """Who runs the portal. The defaults are 3 Clicks Cloud; each field may be set as `PORTAL_COMPANY_<FIELD>`."""

    name: str = "3 Clicks Cloud"
    product: str = "3 Clicks Cloud"
    site: str = "3clickscloud.com"
    legal_entity: str = "Loggia Corp Pty Ltd"
    abn: str = "72 275 176 798"
    privacy_email: str = "contact@3clicksapparel.com"
    general_email: str = "contact@3clickscloud.com"
    phone: str = "+1 (61) 1300 794 220"
    since: int = 2006
    trade: Any = field(default_factory=lambda: _l("production software for apparel makers"))
    countries: tuple[Any, ...] = field(default_factory=lambda: (_l("Australia"), _l("China")))


COMPANY = Company()


def company_from(settings: object) -> Company:
    """Return the company with the fields that the settings override (`company_<field>`, None keeps the default)."""
    given = {each.name: getattr(settings, f"company_{each.name}", None) for each in fields(Company)}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "countries" in chosen:
        chosen["countries"] = tuple(part.strip() for part in str(chosen["countries"]).split(",") if part.strip())
    if "since" in chosen:
        chosen["since"] = int(chosen["since"])
    return replace(COMPANY, **chosen)
