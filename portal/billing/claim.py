"""What this area holds: prices, which are about nobody."""

from portal.billing.models import PriceList
from portal.kit.claims import SAYS_NOTHING, DataClaim, Ground, Table, technical
from portal.kit.i18n import _l

CLAIM = DataClaim(
    area="billing",
    title=_l("Billing"),
    tables=[
        Table(
            PriceList,
            what=_l("What we sell and what it costs"),
            purpose=_l("To show our prices, also while Stripe can’t be reached."),
            ground=Ground.LEGITIMATE_INTEREST,
            retention=SAYS_NOTHING,
            columns={name: technical() for name in ("source", "read_at", "listed")},
        )
    ],
)
