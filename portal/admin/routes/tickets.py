"""The console's tickets: a list and each ticket are logged before they are shown."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.admin.forms import Answer, Close, Search
from portal.admin.places import back, list_of, place
from portal.kit import access, i18n
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.privacy import service as privacy
from portal.support import service as support

bp = Blueprint("admin", __name__)

LOGGED = "a staff read is written to the audit trail before it is shown (P37)"


@bp.route("/tickets", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def tickets() -> ResponseReturnValue:
    """List tickets by subject and name, logged first (P36); take what is looked for, and go where it is listed."""
    form, by = Search(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            return list_of(support.search(form.wanted.data, by=by))
    view = support.view_of(request.args)
    found = support.read_list(view, by=by, after=request.args.get("after"))
    return render(
        "admin/tickets.html",
        form=form,
        view=view,
        tickets=found,
        counts=support.count_queues(view.language),
        most=support.MOST_COUNTED,
        queues=support.QUEUES,
        sorts=support.SORTS,
        languages=i18n.LANGUAGES,
    ), form.status


@bp.route("/tickets/<uuid:ticket_id>", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def ticket(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Show a ticket's text and files, logged first; take our answer."""
    form, by = Answer(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            support.answer(ticket_id, by=by, message=form.message.data, seen=form.seen.data or "")
            flash(_("Reply sent."), "success")
            return back(ticket_id)
    return _shown(ticket_id, form)


@bp.route("/tickets/<uuid:ticket_id>/send-and-next", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def answer_and_next(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Take our answer and go on to the next ticket of the list that this one was opened from."""
    form, by = Answer(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            support.answer(ticket_id, by=by, message=form.message.data, seen=form.seen.data or "")
            view = support.view_of(request.args)
            following = support.find_next(view, by=by, after=request.args.get("after"), but=ticket_id)
            if following is None:
                flash(_("Reply sent. No more tickets in this list."), "success")
                return list_of(view)
            flash(_("Reply sent. This is the next ticket."), "success")
            there: dict[str, Any] = {**view.address, "after": following.key}
            return redirect(url_for(".ticket", ticket_id=following.ticket_id, _anchor="newest", **there), 303)
    return _shown(ticket_id, form)


@bp.route("/tickets/<uuid:ticket_id>/send-and-close", methods=["GET", "POST"])
@access.staff(*support.TICKET_ROLES)
@access.get_with_side_effect(LOGGED)
def answer_and_close(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Take our answer, close the ticket and go back to the list that it was opened from."""
    form, by = Answer(), access.acting_staff()
    if form.validate_on_submit():
        with form.showing_refusals():
            support.answer(ticket_id, by=by, message=form.message.data, seen=form.seen.data or "", closing=True)
            flash(_("Reply sent and ticket closed."), "success")
            return list_of(support.view_of(request.args))
    return _shown(ticket_id, form)


def _shown(ticket_id: uuid.UUID, form: Answer) -> ResponseReturnValue:
    by = access.acting_staff()
    conversation = support.read_ticket(ticket_id, by=by)
    said = [each.message.id for each in conversation.messages]
    closing = Close()
    form.seen.data = closing.seen.data = conversation.mark
    return render(
        "admin/ticket.html",
        form=form,
        closing=closing,
        conversation=conversation,
        disputed=privacy.read_statements(ticket_id, records=said, by=by),
        view=support.view_of(request.args),
        place=place(),
    ), form.status


@bp.post("/tickets/<uuid:ticket_id>/close")
@access.staff(*support.TICKET_ROLES)
def close(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Close a ticket, unless something was said in it since it was read."""
    try:
        support.close_ticket(ticket_id, by=access.acting_staff(), seen=Close().seen.data or "")
    except (support.AnsweredMeanwhile, support.WrittenMeanwhile, support.MovedMeanwhile):
        flash(_("This ticket has changed since you opened it, so it’s still as it was. Read it, then close it."), "info")
    else:
        flash(_("Ticket closed."), "success")
    return back(ticket_id)


@bp.post("/tickets/<uuid:ticket_id>/reopen")
@access.staff(*support.TICKET_ROLES)
def reopen(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Open a ticket again."""
    support.reopen_ticket(ticket_id, by=access.acting_staff())
    flash(_("Ticket reopened."), "success")
    return back(ticket_id)
