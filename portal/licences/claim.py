"""What this area holds of anybody: nothing so far."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l

CLAIM = DataClaim(area="licences", why_nothing=_l("A licence is checked by its signature alone."))
