"""What the pages of organisations ask for."""

from portal.kit import forms
from portal.kit.actor import ORGANISATION_ROLE_NAMES
from portal.kit.i18n import _l

ROLES = [(role.value, name) for role, name in ORGANISATION_ROLE_NAMES.items()]
LAST_OWNER = _l("An organisation always has an Owner. Make someone else an Owner first, or dissolve the organisation.")
TOO_MANY_OWNERS = _l("An organisation can have 20 Owners at most. Choose another role.")


class NameOrganisation(forms.Form):
    """What an organisation is called."""

    taken_once = forms.Once.BROWSER

    name = forms.text(_l("Name of the organisation"), hint=_l("Everyone you invite sees it."))


class Invite(forms.Form):
    """Who is invited, and as what."""

    refusals = {
        "AlreadyIn": ("email", _l("Someone with this email address is already in the organisation.")),
        "TooManyOwners": ("role", TOO_MANY_OWNERS),
    }

    email = forms.email(hint=_l("The invitation only works for an account with this email address."))
    role = forms.choice(_l("Role"), [("", _l("Choose one")), *ROLES])


class ChangeRole(forms.Form):
    """The role that somebody gets."""

    refusals = {"LastOwner": ("role", LAST_OWNER), "TooManyOwners": ("role", TOO_MANY_OWNERS)}

    role = forms.choice(_l("Role"), ROLES)


class Remove(forms.Form):
    """That somebody goes."""

    refusals = {"LastOwner": (None, LAST_OWNER)}


class Disable(forms.Form):
    """Why somebody's account is disabled in the organisation."""

    reason = forms.paragraph(_l("Why?"), max=500, hint=_l("They and every Owner read this, in an email and here."))


class Enable(forms.Form):
    """That somebody works in the organisation again."""


class LetIn(forms.Form):
    """As what somebody joins who has asked."""

    refusals = {"TooManyOwners": ("role", TOO_MANY_OWNERS)}

    role = forms.choice(_l("Role"), [("", _l("Choose one")), *ROLES])


class OfferHandOver(forms.Form):
    """To whom ownership is offered, and what becomes of whoever offers it."""

    refusals = {
        "NotInOrganisation": ("email", _l("Nobody in the organisation has this email address. Invite them first.")),
        "OwnerAlready": ("email", _l("This person is an Owner already. If you want to go, leave the organisation.")),
        "OfferOpen": (None, _l("You’ve already offered it to someone. Cancel that offer first.")),
    }

    email = forms.email(_l("Email address of the new Owner"), hint=_l("A Member or Billing Administrator."))
    leaves = forms.tick(_l("Also leave the organisation"), hint=_l("If you don’t tick this, you become a Member."))


class Leave(forms.Form):
    """That one goes."""

    refusals = {"LastOwner": (None, LAST_OWNER)}


class LeaveWhileDisabled(forms.Form):
    """The same, of whose account is disabled there."""

    refusals = {"LastOwner": (None, LAST_OWNER)}


class Dissolve(forms.Form):
    """That nothing of the organisation stays."""

    sure = forms.tick(_l("Yes, dissolve this organisation"), must=_l("Tick the box to confirm."))


class AskSecondFactor(forms.Form):
    """Whether everybody needs a second factor."""

    refusals = {"OwnFactorFirst": ("asked", _l("Turn on two-step verification for your own account first."))}

    asked = forms.tick(_l("Everyone in this organisation needs two-step verification"))


class Answer(forms.Form):
    """Yes to an invitation."""

    refusals = {
        "AlreadyIn": (None, _l("You’re already in this organisation.")),
        "InvitedElsewhere": (None, _l("This invitation is for another email address. Sign in with that one to use it.")),
        "TooManyOwners": (None, _l("The organisation has as many Owners as it can have. Ask for another role.")),
    }


class Recover(forms.Form):
    """That somebody wants to be an Owner."""

    refusals = {
        "OwnerIsHere": (None, _l("An Owner has signed in lately. Ask them to make you an Owner.")),
        "RecoveryOpen": (None, _l("Someone has already asked. Only one person can ask at a time.")),
    }

    sure = forms.tick(_l("Yes, I want to become an Owner"), must=_l("Tick the box to confirm."))
