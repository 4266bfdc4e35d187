"""Shape of the form by which an account is deleted."""

from portal.kit.forms import Form, tick
from portal.kit.i18n import _l


class Delete(Form):
    """A deletion is asked for on purpose, never by a slip."""

    refusals = {
        "DeletionBlocked": (None, _l("Your account can’t be deleted yet. What’s in the way is listed below.")),
    }

    confirm = tick(_l("Yes, close my account now and delete my data"), must=_l("Tick the box to confirm."))
