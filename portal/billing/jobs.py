"""Background work of billing."""

from collections.abc import Callable

from portal.billing import service
from portal.billing.stripe_gateway import StripeDown, StripeRefused
from portal.kit.job_kinds import job
from portal.kit.unit import release_connection


@job("billing.read_prices", slow=True, tries=1, schedule="* * * * *")
def read_prices() -> Callable[[], None] | None:
    """Read anew what is on sale, unless that was done lately. While Stripe is down, what is kept stays."""
    if not service.is_on() or service.has_fresh_prices():
        return None
    release_connection()
    try:
        found = service.read_prices()
    except (StripeDown, StripeRefused):
        # The gateway has logged it, and the next look comes in a minute.
        return None
    return lambda: service.keep_prices(found)


JOBS = (read_prices,)
