"""What this area holds of anybody: nothing."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l

CLAIM = DataClaim(
    area="legal",
    why_nothing=_l("Periods, documents and vendors are part of the software itself and name no customer."),
)
