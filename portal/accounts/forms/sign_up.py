"""What sign-up asks for."""

from wtforms.validators import Optional

from portal.kit import forms, time_zones
from portal.kit.i18n import _l


class SignUp(forms.Form):
    """A request for an account."""

    taken_once = forms.Once.BROWSER

    refusals = forms.PASSWORD_REFUSALS

    name = forms.text(_l("Name"), hint=_l("What should we call you?"))
    email = forms.email(hint=_l("We’ll email you a link to confirm it."))
    password = forms.password()
    time_zone = forms.choice(
        _l("Time zone"),
        [("", _l("Choose later")), *time_zones.offered(time_zones.DISTINCT)],
        hint=_l("Used for all dates and times."),
        filters=[time_zones.canonical],
        validators=[Optional()],
        # A browser offers its own, by any name; the list holds one of those that keep the same time.
        validate_choice=False,
        render_kw={"data_own_zone": True},
    )
    accept_terms = forms.tick(_l("I accept the terms"), must=_l("Accept the terms to create an account."))


class CorrectAddress(forms.Form):
    """The address that was meant."""

    email = forms.email(_l("Correct email address"))
