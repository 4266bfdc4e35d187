"""Where an email address leads: an account, one that has left it lately, a sign-up that waits to be confirmed."""

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from portal.accounts.models import EmailChange, Person, SignUp
from portal.accounts.service.former_emails import LEFT_LATELY, left_since
from portal.kit import clock
from portal.kit.db import db
from portal.kit.email_address import lookup_key
from portal.kit.periods import period


@dataclass(frozen=True)
class Concerned:
    """Whom an address concerns: an id each, or None."""

    person_id: uuid.UUID | None
    change_id: uuid.UUID | None
    """The change by which an account has left it, and can be taken back to it still."""
    sign_up_id: uuid.UUID | None
    """The newest sign-up that waits for it to be confirmed."""


_WAITING = (
    select(SignUp.id)
    .where(SignUp.email_key == bindparam("email_key"), SignUp.created_at > bindparam("waiting_since"))
    .order_by(SignUp.created_at.desc())
    .limit(1)
)
_CONCERNED = select(
    select(Person.id).where(Person.email_key == bindparam("email_key")).scalar_subquery(),
    LEFT_LATELY.with_only_columns(EmailChange.id).scalar_subquery(),
    _WAITING.scalar_subquery(),
)


def concerned_by(email: str) -> Concerned:
    """Return whom an address concerns. One statement, whatever is found: every address costs as many questions."""
    bound = {"email_key": lookup_key(email), "left_since": left_since()}
    bound["waiting_since"] = clock.now() - period("never_confirmed")
    return Concerned(*db.session.execute(_CONCERNED, bound).one())
