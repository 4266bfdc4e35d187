"""What the second factor asks for: its codes, those to fall back on, the password when it goes, the wish when it is lost."""

from collections.abc import Mapping

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.accounts.forms.password import PASSWORD_WRONG
from portal.kit import forms
from portal.kit.i18n import _l

SEALED_MAX = 800
_CODE_WRONG = _l("That code is wrong or already used. Wait for the next one and enter it here.")
_CODES_UNREADABLE = _l(
    "We can’t check your code right now. This is a problem on our side, and your code wasn’t used. Please try again later."
)


def code_field(label: forms.Sentence = _l("Code from your authenticator app")) -> StringField:
    """Make a field for the six digits of an authenticator app."""
    return forms.text(
        label,
        max=20,
        hint=_l("Six digits."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ReplaceFactor(forms.Form):
    """The first code of a new app, and the password; `sealed` carries what was drawn through the page."""

    refusals = {
        "CodeWrong": ("code", _l("That isn’t the code the new app shows now. Wait for the next one and enter it here.")),
        "WrongPassword": ("password", PASSWORD_WRONG),
        "LinkDead": (None, _l("This page was open too long. Scan the new code and enter what the app shows.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=SEALED_MAX)])
    password = forms.password(_l("Your password"))
    code = code_field(_l("Code from the new app"))


def _recovery_code_field(label: forms.Sentence, hint: forms.Sentence) -> StringField:
    plain = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
    return forms.text(label, max=40, hint=hint, render_kw=plain)


class Step(forms.Form):
    """The half of a sign-in that is proven, signed; empty in a session that was opened without a code."""

    step = HiddenField(validators=[Length(max=600)])


class Code(Step):
    """A code of the second factor."""

    refusals = {"CodeWrong": ("code", _CODE_WRONG), "CodesUnreadable": (None, _CODES_UNREADABLE)}

    code = code_field()


class RecoveryCode(Step):
    """A recovery code in its place."""

    refusals = {
        "CodeWrong": ("code", _l("That isn’t one of your recovery codes, or it’s already used. Try another one.")),
        "CodesUnreadable": (None, _CODES_UNREADABLE),
    }

    code = _recovery_code_field(_l("Recovery code"), _l("12 characters, such as 7KQ2-M4XD-9RTB."))


_REMOVAL_REFUSALS: Mapping[str, tuple[str | None, forms.Sentence]] = {
    "StaffFactorStays": (
        None,
        _l(
            "You work with customers’ data, so an email isn’t enough here. Ask an admin to reset your two-step verification."
        ),
    ),
    "AccountClosed": (
        None,
        _l("This account is about to be deleted. To keep it, open the link in our email about that first, then come back."),
    ),
    "PasswordTooShort": (
        None,
        _l(
            "Your password is too short to be used on its own. First choose one of at least %(least)s characters with "
            "“Forgot your password?” on the sign-in page, then come back."
        ),
    ),
    "TooManyTries": (
        None,
        _l("We’ve emailed you several times already. Use the newest email, or wait %(wait)s and try again."),
    ),
}


class RequestRemoval(Step):
    """The wish to have a lost second factor removed, for the sign-in whose first half is proven."""

    refusals = _REMOVAL_REFUSALS


class RequestRemovalInside(forms.Form):
    """The same wish in a session that lacks the code, with the password once more."""

    refusals = {**_REMOVAL_REFUSALS, "WrongPassword": ("password", PASSWORD_WRONG)}

    password = forms.password(_l("Your password"))


class AddFactor(forms.Form):
    """The first code of a new second factor; `sealed` carries what was drawn through the page."""

    refusals = {
        "CodeWrong": ("code", _CODE_WRONG),
        "LinkDead": (None, _l("This page was open too long. Scan the new code and enter what the app shows.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=SEALED_MAX)])
    code = code_field()


class SaveCodes(forms.Form):
    """One of the recovery codes that the page shows, typed from where they were saved; `sealed` carries them all."""

    refusals = {
        "CodeNotListed": ("code", _l("That isn’t one of the codes on this page. Copy one from where you saved them.")),
    }

    sealed = HiddenField(validators=[DataRequired(), Length(max=SEALED_MAX)])
    code = _recovery_code_field(_l("One of your codes"), _l("Copy it from where you saved them. It stays unused."))


class CodesFile(forms.Form):
    """The codes that a file is made of."""

    sealed = HiddenField(validators=[DataRequired(), Length(max=SEALED_MAX)])


class RemoveFactor(forms.Form):
    """The password, which will stand alone."""

    refusals = {
        "WrongPassword": ("password", PASSWORD_WRONG),
        "PasswordTooShort": (
            "password",
            _l("Your password is too short to be used on its own. Choose one of at least %(least)s characters first."),
        ),
    }

    password = forms.password(_l("Your password"))
