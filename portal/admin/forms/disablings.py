"""What the forms about disabled accounts ask for."""

from wtforms.widgets import Select

from portal.kit import forms
from portal.kit.i18n import _l

REASON_MAX = 1000
READ = _l("The person reads it. Don’t name anyone else.")


class ProposeDisabling(forms.Form):
    """Whose account, for which rule, and what happened. The rules are the caller's to say."""

    taken_once = forms.Once.PAGE
    refusals = {
        "NoSuchAccount": ("email", _l("No open account has this email address.")),
        "OneOfUs": ("email", _l("This person is on our team. An administrator takes their role first.")),
        "OpenAlready": ("email", _l("This account is already disabled, or proposed to be.")),
    }

    email = forms.email()
    rule = forms.choice(_l("Rule of the Terms"), [], widget=Select())
    reason = forms.paragraph(_l("What happened"), max=REASON_MAX, hint=READ)


class ConfirmDisabling(forms.Form):
    """That an account is disabled, as another senior has proposed."""

    refusals = {
        "OwnProposal": (None, _l("You proposed this. Another senior member of the team decides it.")),
        "ProposerNoLongerSenior": (
            None,
            _l("Whoever proposed this is no longer a senior. Decline it, and propose it again."),
        ),
        "OneOfUs": (None, _l("This person is on our team. An administrator takes their role first.")),
        "NoSuchAccount": (None, _l("This account is closed.")),
        "OverAlready": (None, _l("Someone else has decided this.")),
    }

    sure = forms.tick(_l("I’ve checked what happened, and the rule fits"), must=_l("Tick the box to confirm."))


class DeclineDisabling(forms.ConfirmForm):
    """That an account stays as it is."""

    refusals = {"OverAlready": (None, _l("Someone else has decided this."))}


class AnswerAppeal(forms.Form):
    """Why a disabled account stays so, or works again."""

    refusals = {
        "AnotherSenior": (
            None,
            _l("You had a part in this decision. Another senior member of the team answers the appeal."),
        ),
        "NothingToAnswer": (None, _l("No appeal is waiting.")),
        "OverAlready": (None, _l("Someone else has ended this.")),
    }

    answer = forms.paragraph(_l("Your answer"), max=REASON_MAX, hint=READ)
