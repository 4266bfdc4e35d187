"""What this area holds of anybody: nothing."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l

CLAIM = DataClaim(area="home", why_nothing=_l("Its pages show what other areas hold."))
