"""What this area holds of anybody: nothing."""

from portal.kit.claims import Claim
from portal.kit.i18n import _l

CLAIM = Claim(area="settings", why_nothing=_l("What is set here is held by the area that it concerns."))
