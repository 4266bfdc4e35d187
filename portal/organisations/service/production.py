"""What products hold of a dissolved organisation: deleted there, and whoever dissolved it hears that it was (P41)."""

import uuid
from itertools import groupby

from sqlalchemy import delete, select

from portal.accounts.models import Person
from portal.kit import clock
from portal.kit.db import db
from portal.kit.events import publish
from portal.kit.periods import period
from portal.kit.scopes import across
from portal.organisations import mail
from portal.organisations.events import ProductsLate
from portal.organisations.models import DissolutionCall, Organisation
from portal.products import service as products
from portal.products.events import CallConfirmed

AT_ONCE = 100


def have_deleted(organisation: Organisation, *, by: uuid.UUID) -> None:
    """Have every product delete what was made under an organisation."""
    for name in products.systems():
        call_id = products.tell_dissolved(organisation.id, product=name)
        db.session.add(
            DissolutionCall(call_id=call_id, organisation_id=organisation.id, name=organisation.name, by_id=by, product=name)
        )


def note_product(event: CallConfirmed) -> None:
    """Note that a product has confirmed; after the last one, tell whoever dissolved the organisation and forget it."""
    of = select(DissolutionCall.organisation_id).where(DissolutionCall.call_id == event.call_id).scalar_subquery()
    # All of them: of two that confirm at once, the second must see the first.
    rows = select(DissolutionCall).where(DissolutionCall.organisation_id == of).order_by(DissolutionCall.call_id)
    calls = db.session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()
    for call in calls:
        if call.call_id == event.call_id:
            call.confirmed_at = clock.now()
    if calls and all(call.confirmed_at for call in calls):
        if person := db.session.get(Person, calls[0].by_id):
            by_hand = products.confirmed_by_hand([each.call_id for each in calls])
            confirmed = [(products.title_of(each.product), each.confirmed_at, each.call_id in by_hand) for each in calls]
            mail.products_done(calls[0].name, confirmed=confirmed, to=person)
        db.session.flush()
        db.session.execute(delete(DissolutionCall).where(DissolutionCall.organisation_id == calls[0].organisation_id))


def name_late_products() -> int:
    """Tell whoever dissolved an organisation, and the privacy officer, which products are late. Once; return how many."""
    late = (
        select(DissolutionCall)
        .where(DissolutionCall.confirmed_at.is_(None), DissolutionCall.named_at.is_(None))
        .where(DissolutionCall.asked_at <= clock.now() - period("step_confirmation"))
        .order_by(DissolutionCall.organisation_id, DissolutionCall.call_id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    with across("a sweep looks for what is late, whoever's it is"):
        calls = db.session.scalars(late).all()
    for _organisation, some in groupby(calls, key=lambda call: call.organisation_id):
        theirs = list(some)
        for call in theirs:
            call.named_at = clock.now()
        late_ones = tuple(products.title_of(each.product) for each in theirs)
        if person := db.session.get(Person, theirs[0].by_id):
            mail.products_late(theirs[0].name, products=late_ones, to=person)
        publish(ProductsLate(late_ones))
    return len(calls)
