"""How each promise about uses of data is broken on purpose (P15, P27)."""

from __future__ import annotations

from sqlalchemy import false

from portal.consent import service as consent
from portal.consent.checks import uses
from portal.kit.db import db
from tests.promises.breaking import Tools, breaks


@breaks("silence_is_no")
def what_rests_on_consent_is_on_beforehand(tools: Tools) -> None:
    tools.patch.setattr(consent.Purpose, "default", True)


@breaks("no_is_no")
def an_objection_is_passed_over(tools: Tools) -> None:
    _decide(tools, "betas", consent.Choice.OBJECTED)
    tools.patch.setattr(consent, "_allows", lambda purpose, choice: True)


@breaks("restriction_holds")
def people_are_listed_whatever_they_restricted(tools: Tools) -> None:
    _decide(tools, consent.EVERYTHING, consent.Choice.RESTRICTED)
    tools.patch.setattr(consent, "is_restricted", lambda subject, purpose="": false())


@breaks("emails_ask")
def an_email_goes_to_whoever_there_is(tools: Tools) -> None:
    tools.patch.setattr(uses.mail, "may_send", lambda purpose, subject_id: True)


def _decide(tools: Tools, purpose: str, choice: consent.Choice) -> None:
    ada = tools.cast.ada.account_id
    consent.decide(ada, purpose=purpose, choice=choice, mechanism=consent.Mechanism.SETTINGS)
    db.session.flush()
