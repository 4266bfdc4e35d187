"""No use against a refusal: silence is no, a no is a no, a restriction holds, and each email asks (P15, P27)."""

import uuid
from collections.abc import Sequence

from sqlalchemy import literal, select

from portal.consent import service
from portal.consent.models import Decision
from portal.kit.checks import Check, Finding, failed, nothing_yet, passed
from portal.kit.claims import Ground
from portal.kit.db import db
from portal.kit.i18n import _, _l, listed, ngettext
from portal.mail import service as mail

WRITE_FIRST = ("betas", "research", "follow_up", "error_help")
"""The purposes for which we may write first (P15)."""
MOST_LOOKED_AT = 20
"""How many of the newest decisions are looked at."""


def _silence_is_no() -> Finding:
    stranger = service.purpose_states(uuid.uuid4())
    forward = [key for key, purpose in service.PURPOSES.items() if purpose.ground is Ground.CONSENT and stranger[key]]
    if forward:
        return failed("without_consent", purposes=forward)
    if service.may_use(uuid.uuid4(), purpose="unheard_of"):
        return failed("unknown_purpose")
    return passed("purposes", purposes=sum(purpose.is_asked for purpose in service.PURPOSES.values()))


def _no_is_no() -> Finding:
    latest = _latest(service.Choice.OBJECTED)
    for subject_id, purpose in latest:
        said = next(each for each in service.decisions_for(subject_id) if each.purpose == purpose)
        if said.choice == service.Choice.OBJECTED and _is_used(subject_id, purpose):
            return failed("ignored")
    return passed("respected", objections=len(latest)) if latest else nothing_yet("no_objection")


def _restriction_holds() -> Finding:
    latest = _latest(service.Choice.RESTRICTED)
    for subject_id, purpose in latest:
        last = next(each for each in service.decisions_for(subject_id) if each.purpose == purpose)
        if last.choice != service.Choice.RESTRICTED:
            continue
        scope = service.PURPOSES if purpose == service.EVERYTHING else [purpose]
        if used := [key for key in scope if _is_used(subject_id, key)]:
            return failed("used", purposes=used)
    return passed("held", restrictions=len(latest)) if latest else nothing_yet("no_restriction")


def _emails_ask() -> Finding:
    stranger = uuid.uuid4()
    for key in (*service.PURPOSES, service.EVERYTHING, "unheard_of"):
        may = key in WRITE_FIRST
        if mail.may_send(key, subject_id=None) or mail.may_send(key, subject_id=stranger) is not may:
            return failed("sent", purposes=[key])
    return passed("asked", purposes=len(service.BY_EMAIL))


def _latest(choice: service.Choice) -> Sequence[tuple[uuid.UUID, str]]:
    made = select(Decision.subject_id, Decision.purpose).where(Decision.choice == choice)
    newest = db.session.execute(made.order_by(Decision.decided_at.desc()).limit(MOST_LOOKED_AT)).all()
    return [(row.subject_id, row.purpose) for row in newest]


def _is_used(subject_id: uuid.UUID, purpose: str) -> bool:
    """Tell whether any way to somebody for a purpose is open: the question, the list of people, an email."""
    listed = select(literal(1)).where(service.usable(literal(subject_id), purpose=purpose))
    return (
        service.may_use(subject_id, purpose=purpose)
        or db.session.scalar(listed) is not None
        or mail.may_send(purpose, subject_id=subject_id)
    )


CHECKS = [
    Check(
        promise="P27",
        name="silence_is_no",
        what=_l("Nothing that needs consent is used without it, and an unknown purpose is never allowed."),
        run=_silence_is_no,
        says={
            "without_consent": lambda purposes: _("Used without consent: %(purposes)s.", purposes=listed(purposes)),
            "unknown_purpose": lambda: _("An unknown purpose is allowed."),
            "purposes": lambda purposes: ngettext("%(num)s purpose checked.", "%(num)s purposes checked.", purposes),
        },
    ),
    Check(
        promise="P27",
        name="restriction_holds",
        what=_l("Recent restrictions are checked: no way to use the data for a restricted purpose is open."),
        run=_restriction_holds,
        says={
            "used": lambda purposes: _("Used though it is restricted: %(purposes)s.", purposes=listed(purposes)),
            "held": lambda restrictions: ngettext(
                "%(num)s recent restriction checked.", "%(num)s recent restrictions checked.", restrictions
            ),
            "no_restriction": lambda: _("No restrictions yet."),
        },
    ),
    Check(
        promise="P15",
        name="emails_ask",
        what=_l("An email about anything you didn’t ask for is refused unless its purpose is allowed."),
        run=_emails_ask,
        says={
            "sent": lambda purposes: _("An email would be sent without asking: %(purposes)s.", purposes=listed(purposes)),
            "asked": lambda purposes: ngettext("%(num)s purpose checked.", "%(num)s purposes checked.", purposes),
        },
    ),
    Check(
        promise="P15",
        name="no_is_no",
        what=_l("Recent objections are checked, and each is respected."),
        run=_no_is_no,
        says={
            "ignored": lambda: _("An objection isn’t respected."),
            "respected": lambda objections: ngettext(
                "%(num)s recent objection checked.", "%(num)s recent objections checked.", objections
            ),
            "no_objection": lambda: _("No objections yet."),
        },
    ),
]
