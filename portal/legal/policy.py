"""The one setting per period, and the company's particulars.

The policy page, the sweep and the check all read the figure from here, so that none of them can say another one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from portal.kit.i18n import _l, ngettext


class Unit(Enum):
    """The unit in which a period is told: 72 hours are not told as 3 days."""

    MINUTES = timedelta(minutes=1)
    HOURS = timedelta(hours=1)
    DAYS = timedelta(days=1)
    YEARS = timedelta(days=365)


@dataclass(frozen=True)
class Period:
    """A length of time that the company binds itself to. `what` says, in a few words, what it bounds."""

    name: str
    length: timedelta
    unit: Unit
    what: Any

    @property
    def count(self) -> int:
        """How many units it lasts."""
        return self.length // self.unit.value

    @property
    def label(self) -> str:
        """The length in words of the present language, such as "14 days"."""
        n = self.count
        match self.unit:
            case Unit.MINUTES:
                return ngettext("%(num)s minute", "%(num)s minutes", n)
            case Unit.HOURS:
                return ngettext("%(num)s hour", "%(num)s hours", n)
            case Unit.DAYS:
                return ngettext("%(num)s day", "%(num)s days", n)
            case Unit.YEARS:
                return ngettext("%(num)s year", "%(num)s years", n)


def _minutes(name: str, count: int, what: Any) -> Period:
    return Period(name, timedelta(minutes=count), Unit.MINUTES, what)


def _hours(name: str, count: int, what: Any) -> Period:
    return Period(name, timedelta(hours=count), Unit.HOURS, what)


def _days(name: str, count: int, what: Any) -> Period:
    return Period(name, timedelta(days=count), Unit.DAYS, what)


def _years(name: str, count: int, what: Any) -> Period:
    return Period(name, timedelta(days=365 * count), Unit.YEARS, what)


_ALL = (
    # Accounts and links
    _hours("confirmation_link", 24, _l("A link that confirms an e-mail address")),
    _days("never_confirmed", 7, _l("An account that was never confirmed")),
    _minutes("reset_link", 30, _l("A link that resets a password")),
    _minutes("email_change_confirm", 60, _l("A link that confirms a new e-mail address")),
    _days("email_change_undo", 7, _l("The right to undo a change of e-mail address")),
    _hours("invitation", 72, _l("An invitation to an organisation")),
    _minutes("human_code", 10, _l("A code that is typed by hand")),
    # Signing in
    _hours("session_idle", 12, _l("A session without any use")),
    _hours("session_absolute", 24, _l("A session from its start")),
    _days("session_remembered", 30, _l("A session that you asked us to remember")),
    _minutes("fresh", 30, _l("A proof of identity before a sensitive step")),
    _days("sign_in_history", 90, _l("The history of sign-ins")),
    _hours("throttle", 24, _l("Counts that slow down guessing, under a keyed hash")),
    # Records
    _years("audit", 2, _l("The audit trail: ids and facts, no addresses")),
    _days("visits", 14, _l("The log of visits, with its sealed addresses")),
    _days("consent", 182, _l("A choice about analytics, whether granted or refused")),
    _days("delivered_letter", 30, _l("The record that a letter was delivered, without its text")),
    _days("finished_job", 7, _l("The record of a finished background task")),
    # Talking to us, newsletter, research
    _days("attachment", 90, _l("A file attached to a ticket, unless you shorten it")),
    _hours("newsletter_confirm", 24, _l("A link that confirms a newsletter sign-up")),
    _years("research_max", 2, _l("The personal data of a research study")),
    _days("recording", 182, _l("A recording of a meeting or an event")),
    # Rights
    _days("export_ready", 7, _l("A prepared copy of your data")),
    _days("deletion_undo", 14, _l("The right to undo the deletion of an account")),
    _days("backups", 60, _l("Backups that still hold deleted data")),
    _days("request_answer", 30, _l("The answer to a request about your data")),
    _days("request_alarm_first", 15, _l("The first alarm about an open request")),
    _days("request_alarm_second", 23, _l("The second alarm about an open request")),
    _days("request_alarm_third", 28, _l("The third alarm about an open request")),
    # The company's own duties
    _hours("breach_notice", 72, _l("The notice of a breach")),
    _days("vendor_notice", 30, _l("The notice before a new vendor takes effect")),
    _days("security_txt", 90, _l("How long a copy of security.txt may be relied upon")),
)

PERIODS: Mapping[str, Period] = {period.name: period for period in _ALL}
"""Every period by its name. A sweep, a link and a sentence that need a length take it from here."""


def period(name: str) -> timedelta:
    """Return the length of the named period. Raises KeyError for a name that no policy sets."""
    return PERIODS[name].length


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
