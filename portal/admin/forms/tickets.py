"""What the forms about tickets ask for."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

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


class Close(forms.Form):
    """What the one button says that closes a ticket: `seen` is the mark of the conversation that was read."""

    seen = HiddenField()


class RemoveFile(forms.Form):
    """Why a file is removed for good."""

    reason = RadioField(
        _l("Reason"),
        choices=[
            ("credentials", _l("It contains a password, or card or bank details")),
            ("others_data", _l("It contains someone else’s personal information")),
            ("asked", _l("The customer asked us to")),
            ("harmful", _l("It’s abusive, spam or dangerous to open")),
        ],
        validators=[InputRequired(_l("Choose a reason."))],
    )


class RemoveText(RemoveFile):
    """Why a text is removed for good, and whether its subject goes too."""

    subject = forms.tick(_l("Remove the subject too"))
