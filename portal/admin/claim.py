"""What this area holds of anybody: nothing."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l

CLAIM = DataClaim(area="admin", why_nothing=_l("The console only shows what other parts of the portal hold."))
