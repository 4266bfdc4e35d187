"""Shape of a request for the newsletter, and of the press that ends it."""

from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired

from portal.kit.forms import Form, email
from portal.kit.i18n import _

ONE_CLICK = "One-Click"


class Subscribe(Form):
    """An address, and nothing else (P17)."""

    email = email()


class OneClick(Form):
    """What a mail program sends for one press (RFC 8058), and our own button too: the link itself is the proof.

    No CSRF token, because neither a mail program nor a browser that refuses cookies has one.
    """

    class Meta(Form.Meta):
        csrf = False

    pressed = HiddenField(name="List-Unsubscribe", default=ONE_CLICK, validators=[InputRequired(), AnyOf([ONE_CLICK])])

    def _fail(self, status: int) -> None:
        super()._fail(status)
        self.problems.append(_("Nothing was changed. Click the button to unsubscribe."))
