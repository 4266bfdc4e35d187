"""A request that the gate turned away: where it goes on afterwards, and what was typed, which is kept until then."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import g, request, url_for

from portal.kit import form_owners, unsent_forms
from portal.kit.form_guard import came_from, here
from portal.kit.forms import UNSENT
from portal.kit.i18n import _
from portal.kit.unit import unit_of_work
from portal.kit.unsent_forms import SECRETS, Unsent
from portal.kit.web import SAFE_METHODS, internal_path

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class WayBack:
    """Where a person goes on after a proof of identity (None for home), and what they are told about what they typed."""

    path: str | None
    said: str = ""


def find_way_back() -> WayBack:
    """Return the way back of this request. What was typed is kept for whoever typed it, and put back into its form.

    Nothing is ever sent again by itself: a person looks at it and clicks.
    """
    if request.method in SAFE_METHODS:
        return WayBack(internal_path(here()))
    owner = "" if g.get("other_person") else form_owners.read_stamp(request.form.get("person_stamp", ""))
    typed = unsent_forms.typed_in(request.form.items(multi=True)) if owner else ()
    if typed:
        return _keep(Unsent(_page_of_the_form()[0], typed, _has_more()), owner)
    said = _("Nothing has been sent. Enter passwords and codes, and choose files, again.") if _has_more() else ""
    return WayBack(_page_of_the_button(), str(said))


def _keep(unsent: Unsent, owner: str) -> WayBack:
    others = [(name, value) for name, value in _page_of_the_form()[1] if name != UNSENT]
    with unit_of_work():
        unsent_id = unsent_forms.keep(unsent, owner=owner) if internal_path(unsent.path) else None
    if unsent_id is None:
        said = _("What you typed hasn’t been sent, and we couldn’t keep it. Go back in your browser to copy it first.")
        return WayBack(_address(unsent.path, others), str(said))
    mark = [(UNSENT, str(unsent_id))]
    said = _("What you typed hasn’t been sent yet. You’ll find it in the form again, to check and send.")
    return WayBack(_address(unsent.path, [*others, *mark]) or _address(unsent.path, mark), str(said))


def _has_more() -> bool:
    """Tell whether something was sent that is never kept and must be given again."""
    return (
        bool(g.get("too_large"))
        or any(request.form.get(name) for name in SECRETS)
        or any(file.filename for file in request.files.values())
    )


def _page_of_the_form() -> tuple[str, Query]:
    if request.url_rule is not None and "GET" in (request.url_rule.methods or ()):
        return request.path, list(request.args.items(multi=True))
    page = urlsplit(_page_of_the_button() or "")
    return page.path, parse_qsl(page.query)


def _page_of_the_button() -> str | None:
    """Return the page on which a button was clicked, so that one comes back to it and can click again."""
    page = came_from()
    return page if page != url_for("home.start") else None


def _address(path: str, query: Query) -> str | None:
    return internal_path(f"{path}?{urlencode(query)}" if query else path)
