"""What this area holds of anybody: nothing yet."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l

CLAIM = DataClaim(area="billing", why_nothing=_l("Prices are read from Stripe and not stored."))
