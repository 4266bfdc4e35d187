"""What the console's forms ask for."""

from wtforms import HiddenField

from portal.kit import forms
from portal.kit.i18n import _l


class Search(forms.Form):
    """What tickets are looked for by. It is sent, so that no email address stands in an address."""

    refusals = {"SearchUnclear": ("wanted", _l("Enter a whole reference or a whole email address."))}

    wanted = forms.text(_l("Reference or email address"), max=forms.EMAIL_MAX)


class Answer(forms.Form):
    """Our answer to a customer. `seen` is the mark of the conversation that it answers."""

    taken_once = forms.Once.PAGE

    refusals = {
        "AnsweredMeanwhile": (
            None,
            _l(
                "%(name)s replied while you were writing, so nothing was sent. Read the new reply, then send yours if it’s "
                "still needed."
            ),
        ),
        "WrittenMeanwhile": (
            None,
            _l(
                "The customer wrote again while you were writing, so nothing was sent. Read the new message, then send your "
                "reply."
            ),
        ),
        "MovedMeanwhile": (
            None,
            _l(
                "This ticket was closed or reopened while you were writing, so nothing was sent. Send your reply if it’s "
                "still needed."
            ),
        ),
    }

    seen = HiddenField()
    message = forms.paragraph(_l("Your reply"), hint=_l("Emailed to the customer and shown on their ticket."))
