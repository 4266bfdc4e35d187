"""Background verbs of organisations."""

import uuid

from portal.jobs import service as jobs
from portal.kit.job_kinds import job
from portal.organisations import service


@job("organisations.dissolve")
def dissolve(*, organisation_id: str) -> None:
    """Tell some of a dissolved organisation's people, and ask for the next."""
    if service.tell_some(uuid.UUID(organisation_id)):
        jobs.enqueue("organisations.dissolve", organisation_id=organisation_id)


@job("organisations.tell_others")
def tell_others(*, organisation_id: str, news: str, after: str | None, about: str = "") -> None:
    """Tell some of those who are no Owners of what waits in an organisation, and ask for the next."""
    who = uuid.UUID(about) if about else None
    further = service.tell_others(uuid.UUID(organisation_id), news=service.News(news), about=who, after=after)
    if further:
        of = organisation_id
        jobs.enqueue("organisations.tell_others", organisation_id=of, news=news, about=about, after=further)


@job("organisations.enqueue_due", schedule="44 * * * *")
def enqueue_due() -> None:
    """Have all gone on with that waits in organisations and whose reminder or day has come."""
    service.enqueue_due()


@job("organisations.go_on_with_dissolution")
def go_on_with_dissolution(*, organisation_id: str) -> None:
    """Remind of a dissolution, or carry it out."""
    service.go_on_with_dissolution(uuid.UUID(organisation_id))


@job("organisations.go_on_with_recovery")
def go_on_with_recovery(*, organisation_id: str) -> None:
    """End the request of somebody who would become an Owner, remind of it, or carry it out."""
    service.go_on_with_recovery(uuid.UUID(organisation_id))


@job("organisations.second_factor")
def second_factor(*, organisation_id: str, asked: bool, after: str | None) -> None:
    """Tell some of those without a second factor that one is asked for, or no longer, and ask for the next."""
    further = service.tell_of_second_factor(uuid.UUID(organisation_id), asked=asked, after=after)
    if further:
        jobs.enqueue("organisations.second_factor", organisation_id=organisation_id, asked=asked, after=further)


@job("organisations.ownerless", staff_may_order=True)
def ownerless(*, organisation_id: str, after: str | None) -> None:
    """Tell some of an organisation's people that nobody acts as its Owner, and ask for the next."""
    further = service.tell_of_no_owner(uuid.UUID(organisation_id), after=after)
    if further:
        jobs.enqueue("organisations.ownerless", organisation_id=organisation_id, after=further)


@job("organisations.name_late_products", schedule="34 * * * *")
def name_late_products() -> None:
    """Tell of products that have not confirmed for too long, a bounded number at once."""
    if service.name_late_products():
        jobs.enqueue("organisations.name_late_products")


JOBS = (
    dissolve,
    tell_others,
    enqueue_due,
    go_on_with_dissolution,
    go_on_with_recovery,
    second_factor,
    ownerless,
    name_late_products,
)
