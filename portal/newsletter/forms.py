"""Shape of a wish for the newsletter, and of the press that ends it."""

from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import AnyOf, InputRequired

from portal.kit.forms import Form, email

ONE_CLICK = "One-Click"


class Subscribe(Form):
    """An address, and nothing else (P17)."""

    email = email()


class OneClick(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What a mail program sends for one press (RFC 8058), and our own button too: the link itself is the proof.

    No CSRF token, because neither a mail program nor a browser that refuses cookies has one.
    """

    class Meta:
        csrf = False

    pressed = HiddenField(name="List-Unsubscribe", default=ONE_CLICK, validators=[InputRequired(), AnyOf([ONE_CLICK])])
