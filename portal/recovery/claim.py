"""What this area holds of anybody: nothing."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l
from portal.recovery.words import AREA_WORDS

CLAIM = DataClaim(
    area="recovery",
    why_nothing=_l("Its links are signed and carry IDs; what they change is held with your account."),
    words=AREA_WORDS,
)
