"""Shape of a choice about statistics."""

from wtforms import HiddenField

from portal.kit.forms import Form, choice
from portal.kit.i18n import _l


class Choose(Form):
    """One of two, by either of two ways. `next` is where the visitor came from; a wrong one is left aside."""

    analytics = choice(_l("Analytics"), [("granted", _l("Accept")), ("denied", _l("Refuse"))])
    mechanism = choice(_l("Where"), [("banner", _l("Banner")), ("settings", _l("Cookies page"))])
    next = HiddenField()
