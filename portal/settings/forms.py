"""What the settings pages ask for."""

from zoneinfo import available_timezones

from portal.kit import forms, pictures
from portal.kit.i18n import LANGUAGES, _l

_REGIONS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def time_zones() -> list[tuple[str, str, str]]:
    """Return the time zones as (name, what is shown, region)."""
    names = sorted(name for name in available_timezones() if name.startswith(_REGIONS) and "/" in name)
    places = [(name, *reversed(name.split("/", 1))) for name in names]
    return [("UTC", "UTC", "UTC"), *((name, place.replace("_", " "), region) for name, place, region in places)]


class Profile(forms.Form):
    """Who one is to others, and how the portal speaks."""

    name = forms.text(_l("Name"), hint=_l("As your colleagues and our team know you."))
    language = forms.choice(_l("Language"), LANGUAGES.items())
    time_zone = forms.choice(_l("Time zone"), time_zones(), hint=_l("All times are shown in it."))


class Avatar(forms.Form):
    """A photo of oneself."""

    refusals = {
        "NotAPicture": ("photo", _l("This is not a photo that we can read. Please choose a JPEG, PNG or WebP file.")),
        "PictureIsDrawing": (
            "photo",
            _l("SVG files can carry programs, so we do not take them. Please choose a JPEG, PNG or WebP file."),
        ),
        "PictureMoves": ("photo", _l("Moving pictures are not taken. Please choose a JPEG, PNG or WebP that stands still.")),
        "PictureIsTwoThings": (
            "photo",
            _l("Something else is hidden in this file. Please save the photo anew, or take a screenshot of it."),
        ),
        "PictureNameDisagrees": (
            "photo",
            _l("The ending of the file’s name does not fit its content. Please save the photo anew and try again."),
        ),
        "PictureTooLarge": ("photo", _l("This file is too large. Please choose one of at most %(most)s MB.")),
        "PictureTooManyPixels": (
            "photo",
            _l("This photo has too many pixels. Please choose one of at most %(most)s million."),
        ),
        "PictureBroken": ("photo", _l("This file is damaged or incomplete. Please save the photo anew and try again.")),
    }

    photo = forms.upload(_l("Photo"), accept=sorted(ending for endings in pictures.SUFFIXES.values() for ending in endings))


class ChangeEmail(forms.Form):
    """The new address."""

    refusals = {
        "AddressIsTheSame": ("email", _l("This is your address already.")),
        "AccountIsFrozen": (
            None,
            _l("Somebody said “This wasn’t me” for this account. Please choose a new password first, by the link we sent."),
        ),
    }

    email = forms.email(_l("New e-mail address"))


class ChangePassword(forms.Form):
    """The present password and the new one."""

    refusals = {
        **forms.PASSWORD_REFUSALS,
        "WrongPassword": ("current_password", _l("This is not your present password.")),
    }

    current_password = forms.password(_l("Present password"))
    password = forms.password(_l("New password"))


class Communication(forms.Form):
    """One switch for each reason to write first, and one for learning from what was said (P15)."""

    newsletter = forms.tick(_l("Newsletter"))
    betas = forms.tick(_l("Beta versions"))
    research = forms.tick(_l("Research interviews"))
    follow_up = forms.tick(_l("News about what you reported"))
    error_help = forms.tick(_l("Help when we notice errors"))
    product_improvement = forms.tick(_l("Improving our products"))
