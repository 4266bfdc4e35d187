"""Asking for the correction of one field, from the page that shows it."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from portal.kit import access, uploads
from portal.kit.i18n import _
from portal.kit.refusals import NotFound
from portal.kit.templating import render
from portal.privacy import service
from portal.privacy.forms import CorrectEntry, DisputeEntry

bp = Blueprint("corrections", __name__)


@bp.route("/settings/privacy/data/<area>/<line>/<uuid:record_id>/correct", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
@uploads.takes_files
def correct_entry(area: str, line: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Show an entry as it is, and take what a field of it should say, why, and what shows it (P26)."""
    entry, form = service.held_entry_for(access.actor(), record_id, area=area, line=line), CorrectEntry()
    form.field.choices = _correctable(entry)
    if form.validate_on_submit():
        with form.showing_refusals():
            wanted = service.Proposal(line, record_id, form.field.data, form.after.data)
            request_id = service.ask_correction(
                access.actor(), wanted=wanted, message=form.message.data, uploads=form.uploads()
            )
            flash(_("Request sent. Nothing changes until we’ve answered."), "success")
            return redirect(url_for(".my_request", request_id=request_id), code=303)
    return render("privacy/correct_entry.html", form=form, entry=entry, area=area, record_id=record_id), form.status


@bp.route("/settings/privacy/data/<area>/<line>/<uuid:record_id>/statement", methods=["GET", "POST"])
@access.fresh
@access.open_while_disabled
def dispute_entry(area: str, line: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Take what the person says of a field, which is shown wherever the field is; saying nothing removes it (P26)."""
    entry, field = service.held_entry_for(access.actor(), record_id, area=area, line=line), request.args.get("field", "")
    form = DisputeEntry(data={"field": field, "body": entry.said_of(field)})
    form.field.choices = [SelectChoice("", _("Choose one")), *(SelectChoice(e.name, e.label) for e in entry.fields)]
    if form.validate_on_submit():
        with form.showing_refusals():
            place = {"line": line, "record_id": record_id, "field": form.field.data}
            stands = service.state(access.actor(), **place, body=form.body.data or "")
            flash(_("Statement saved.") if stands else _("Statement removed."), "success")
            return redirect(url_for(".data_part", area=area, _anchor=f"line-{line}"), code=303)
    return render("privacy/dispute_entry.html", form=form, entry=entry, area=area), form.status


def _correctable(entry: service.HeldEntry) -> list[SelectChoice]:
    found = [SelectChoice(each.name, each.label) for each in entry.fields if each.is_correctable]
    if not found:
        raise NotFound
    return found if len(found) == 1 else [SelectChoice("", _("Choose one")), *found]
