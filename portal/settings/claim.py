"""What this area holds of anybody: nothing."""

from portal.kit.claims import DataClaim
from portal.kit.i18n import _l
from portal.settings.words import AREA_WORDS

CLAIM = DataClaim(
    area="settings",
    why_nothing=_l("What you set here is held by the part of the portal it’s about."),
    words=AREA_WORDS,
)
