"""What this area holds of anybody: nothing."""

from portal.kit.claims import Claim
from portal.kit.i18n import _l

CLAIM = Claim(
    area="legal",
    why_nothing=_l("Periods, documents and vendors stand in the software itself, not in a table, and name no customer."),
)
