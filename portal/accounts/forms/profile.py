"""What the pages of one's own profile ask for."""

from collections.abc import Iterable
from typing import Any

from portal.kit import file_fields, forms, pictures, time_zones
from portal.kit.i18n import LANGUAGES, _l

_REGIONS = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Arctic": _l("Arctic"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific"),
}


def _by_region(zones: Iterable[str]) -> list[tuple[str, Any, Any]]:
    """Return zones as (name, what is shown, region)."""
    return [(zone, shown, _REGIONS.get(zone.split("/")[0], zone)) for zone, shown in time_zones.offered(zones)]


class Profile(forms.Form):
    """Who one is to others, and how the portal speaks."""

    name = forms.text(_l("Name"), hint=_l("The name others see."))
    language = forms.choice(_l("Language"), LANGUAGES.items())
    time_zone = forms.choice(
        _l("Time zone"),
        _by_region(time_zones.ZONES),
        hint=_l("Used for all dates and times."),
        filters=[time_zones.canonical],
    )


class Avatar(forms.Form):
    """A photo of oneself."""

    refusals = {
        "NotAPicture": ("photo", _l("We can’t read this as a photo. Choose a JPEG, PNG or WebP file.")),
        "PictureIsDrawing": (
            "photo",
            _l("SVG files can contain programs, so we don’t accept them. Choose a JPEG, PNG or WebP file."),
        ),
        "PictureIsHeif": (
            "photo",
            _l("This photo is in HEIC or AVIF format, which we can’t read. Save it as a JPEG and try again."),
        ),
        "PictureMoves": ("photo", _l("We don’t accept animated images. Choose a still JPEG, PNG or WebP file.")),
        "FileIsTwoThings": (
            "photo",
            _l("Something else is hidden in this file. Save the photo as a new file, or take a screenshot of it."),
        ),
        "FileNotWhatItSays": (
            "photo",
            _l("The file name’s ending doesn’t match what’s in it. Save the photo as a new file and try again."),
        ),
        "PictureTooLarge": ("photo", _l("This file is too large. Choose one of at most %(most)s MB.")),
        "PictureTooManyPixels": (
            "photo",
            _l("This photo has too many pixels. Choose one of at most %(most)s million."),
        ),
        "FileDamaged": ("photo", _l("This file is damaged or incomplete. Save the photo as a new file and try again.")),
    }

    photo = file_fields.one(
        _l("Photo"),
        accept=pictures.ENDINGS,
        most=pictures.MOST_BYTES,
        too_large=_l("This file is too large. Choose one of at most %(most)s MB.", most=pictures.MOST_BYTES // 10**6),
    )
