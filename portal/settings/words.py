"""What these pages write in the audit trail, in words."""

from portal.kit.claims import AreaWords
from portal.kit.i18n import _l

AREA_WORDS = AreaWords(events={"settings.communication_changed": _l("Email preferences changed")})
