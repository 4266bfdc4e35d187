"""Shapes of the forms about requests, for those with a session and those without."""

from wtforms import RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from portal.kit import forms
from portal.kit.file_forms import WithFiles, several_files
from portal.kit.i18n import _, _l
from portal.legal.authorities import TABLE
from portal.privacy import words


class AskForRight(WithFiles):
    """A request about one's data, or about somebody's who is named: what, for whom, and where the code goes."""

    taken_once = forms.Once.BROWSER
    refusals = {
        **WithFiles.refusals,
        "UnprovenShareSpent": (
            "files",
            _l("We can’t take files right now. Send your request without them: we’ll ask for them if we need any."),
        ),
    }

    kind = forms.choice(_l("What would you like?"), [("", _l("Choose one")), *words.RIGHTS.items()])
    email = forms.email(hint=_l("We send a code there to check that it’s you, and later our answer."))
    message = forms.paragraph(_l("Details"), required=False, hint=_l("For example what’s wrong, or which data you mean."))
    files = several_files()
    country = forms.choice(
        _l("Country you live in"),
        TABLE.countries,
        validators=[Optional()],
        hint=_l("Only to name the authority you can complain to. We don’t store it."),
    )
    agent_name = forms.text(_l("Your name, if you ask for someone else"), required=False)
    agent_email = forms.email(
        _l("Your email address, if you ask for someone else"),
        required=False,
        hint=_l("We send nothing there: the person confirms by a code of their own, and gets the answer."),
    )

    def validate_agent_email(self, field: forms.Sentence) -> None:
        """Take an agent's name and address together or not at all."""
        if bool(field.data) != bool(self.agent_name.data):
            raise ValidationError(_("Give both your name and your email address, or neither."))


class AskOurTeam(WithFiles):
    """A request of somebody who is signed in, for what they can't do alone."""

    taken_once = forms.Once.BROWSER
    refusals = {**WithFiles.refusals, "UnprovenShareSpent": AskForRight.refusals["UnprovenShareSpent"]}

    kind = forms.choice(_l("What would you like?"), [("", _l("Choose one")), *words.FOR_OUR_TEAM.items()])
    message = forms.paragraph(_l("Details"), hint=_l("For example what’s wrong, and how you know."))
    files = several_files()


class GiveCode(forms.Form):
    """The code that was mailed."""

    code = forms.text(
        _l("Code from our email"),
        max=30,
        hint=_l("8 characters, such as 7KQ2-M4XD."),
        render_kw={"autocomplete": "one-time-code"},
    )

    def say(self, why: str) -> None:
        """Say by the field why a code is not taken. What it cost stays counted: nothing is rolled back."""
        self.code.errors = [*self.code.errors, why]
        self.status = 422


class GiveVerdict(forms.Form):
    """The person's last word on the answer."""

    refusals = {"VerdictGiven": (None, _l("We already have your answer."))}

    verdict = RadioField(
        _l("Did this answer you?"),
        choices=[SelectChoice(each, label) for each, label in words.VERDICTS.items()],
        validators=[DataRequired(_l("Choose one."))],
    )


class ReplyToRequest(WithFiles):
    """What we asked for."""

    taken_once = forms.Once.PAGE
    refusals = {
        **WithFiles.refusals,
        "RequestMovedOn": (None, _l("This request isn’t waiting for you any more. Nothing was sent.")),
        "RequestFull": (None, _l("This request has become very long. Make a new one for anything else.")),
        "UnprovenShareSpent": ("files", _l("We can’t take files right now. Send your answer without them.")),
    }

    message = forms.paragraph(_l("Your answer"))
    files = several_files()
