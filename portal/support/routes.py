"""Pages of the helpdesk for customers and strangers."""

import uuid

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.kit import access, uploads
from portal.kit.downloads import download
from portal.kit.forms import ConfirmForm
from portal.kit.headers import private_link
from portal.kit.i18n import _
from portal.kit.templating import render, render_same
from portal.kit.web import this_client
from portal.support import service
from portal.support.forms import Contact, Reply

bp = Blueprint("support", __name__)


@bp.route("/contact", methods=["GET", "POST"])
@access.public
@uploads.takes_files
def contact() -> ResponseReturnValue:
    """Take a message from anybody; it becomes a ticket (P13)."""
    person = access.actor()
    form = Contact(data={"name": person.name, "email": person.email})
    form.offer(service.places_to_share(person))
    if form.validate_on_submit():
        with form.showing_refusals():
            ticket = service.open_ticket(
                person,
                name=form.name.data,
                email=form.email.data,
                subject=form.subject.data,
                message=form.message.data,
                uploads=form.uploads(),
                client=this_client(),
                organisation_id=form.organisation_id,
            )
            flash(_("Message sent. Your reference is %(reference)s.", reference=ticket.reference), "success")
            return redirect(url_for(".ticket", ticket_id=ticket.id) if person.is_signed_in else url_for(".received"), 303)
    return render_same("support/contact.html", form=form), form.status


@bp.get("/contact/received")
@access.public
def received() -> str:
    """Say what happens next, to everybody alike."""
    return render("support/received.html")


@bp.get("/support")
@access.signed_in
def overview() -> str:
    """List the person's own tickets."""
    return render("support/overview.html", tickets=service.tickets_for(access.actor(), request.args.get("after")))


@bp.route("/support/<uuid:ticket_id>", methods=["GET", "POST"])
@access.signed_in
@uploads.takes_files
def ticket(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Show one of the person's own tickets, and take a further message."""
    form = Reply()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.reply(ticket_id, by=access.actor(), message=form.message.data, uploads=form.uploads())
            flash(_("Reply sent."), "success")
            return redirect(url_for(".ticket", ticket_id=ticket_id), 303)
    conversation = service.ticket_for(access.actor(), ticket_id)
    is_shareable = service.is_shareable(conversation.ticket)
    return render("support/ticket.html", form=form, conversation=conversation, is_shareable=is_shareable), form.status


@bp.post("/support/<uuid:ticket_id>/close")
@access.signed_in
def close(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Close one's own ticket."""
    service.close_own(ticket_id, by=access.actor())
    flash(_("Ticket closed. Reply at any time to reopen it."), "success")
    return redirect(url_for(".ticket", ticket_id=ticket_id), 303)


@bp.route("/support/<uuid:ticket_id>/delete", methods=["GET", "POST"])
@access.fresh
def delete_ticket(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Delete one's own ticket for good, once confirmed (P28)."""
    form = ConfirmForm()
    if form.validate_on_submit():
        service.delete_own(ticket_id, by=access.actor())
        flash(_("Ticket deleted."), "success")
        return redirect(url_for(".overview"), 303)
    ticket = service.deletable_for(access.actor(), ticket_id)
    return render("support/delete_ticket.html", form=form, ticket=ticket), form.status


@bp.post("/support/<uuid:ticket_id>/share/<uuid:organisation_id>")
@access.member
def share(ticket_id: uuid.UUID, organisation_id: uuid.UUID) -> ResponseReturnValue:
    """Share one's own ticket with an organisation (P35)."""
    service.share(ticket_id, by=access.actor(), organisation_id=organisation_id)
    flash(_("Shared. Owners and Members of the organisation can read this ticket."), "success")
    return redirect(url_for(".ticket", ticket_id=ticket_id), 303)


@bp.post("/support/<uuid:ticket_id>/stop-sharing")
@access.signed_in
def stop_sharing(ticket_id: uuid.UUID) -> ResponseReturnValue:
    """Make one's own ticket nobody else's again."""
    service.stop_sharing(ticket_id, by=access.actor())
    flash(_("No longer shared. Only you and our team see this ticket."), "success")
    return redirect(url_for(".ticket", ticket_id=ticket_id), 303)


@bp.get("/organisation/<uuid:organisation_id>/tickets")
@access.member
def shared_tickets(organisation_id: uuid.UUID) -> str:
    """List what people share with the organisation."""
    page = service.shared_for(access.actor(), organisation_id, after=request.args.get("after"))
    return render("support/shared_tickets.html", tickets=page)


@bp.get("/organisation/<uuid:organisation_id>/tickets/<uuid:ticket_id>")
@access.member
def shared_ticket(organisation_id: uuid.UUID, ticket_id: uuid.UUID) -> str:
    """Show a ticket that somebody shares with the organisation."""
    conversation = service.shared_ticket_for(access.actor(), organisation_id, ticket_id=ticket_id)
    return render("support/shared_ticket.html", conversation=conversation)


@bp.get("/organisation/<uuid:organisation_id>/tickets/<uuid:ticket_id>/files/<uuid:attachment_id>")
@access.member
def shared_file(organisation_id: uuid.UUID, ticket_id: uuid.UUID, attachment_id: uuid.UUID) -> Response:
    """Hand out a file of a shared ticket, as a download that no browser runs."""
    row = service.shared_file_for(access.actor(), organisation_id, ticket_id=ticket_id, attachment_id=attachment_id)
    return download(service.open_file(row), name=row.name, media_type=service.media_type_of(row))


@bp.get("/support/files/<uuid:attachment_id>")
@access.signed_in
def attachment(attachment_id: uuid.UUID) -> Response:
    """Hand out a file of the person's own ticket, as a download that no browser runs."""
    row = service.attachment_for(access.actor(), attachment_id)
    return download(service.open_file(row), name=row.name, media_type=service.media_type_of(row))


@bp.post("/support/files/<uuid:attachment_id>/delete")
@access.signed_in
def delete_file(attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Delete one's own file before its time (P16)."""
    ticket_id = service.delete_file(attachment_id, by=access.actor())
    flash(_("File deleted. Only a note that there was one remains."), "success")
    return redirect(url_for(".ticket", ticket_id=ticket_id), 303)


@bp.route("/ticket/<token>", methods=["GET", "POST"])
@access.public
@uploads.takes_files
def guest_ticket(token: str) -> ResponseReturnValue:
    """Show a guest the one ticket of their link, and take a further message."""
    private_link()
    form = Reply()
    if form.validate_on_submit():
        with form.showing_refusals():
            service.reply_by_link(token, message=form.message.data, uploads=form.uploads())
            flash(_("Reply sent."), "success")
            return redirect(url_for(".guest_ticket", token=token), 303)
    conversation = service.ticket_of_link(token)
    ends_at = service.ends_at(conversation.ticket)
    page = render("support/guest_ticket.html", form=form, conversation=conversation, token=token, ends_at=ends_at)
    return page, form.status


@bp.post("/ticket/<token>/close")
@access.public
def guest_close(token: str) -> ResponseReturnValue:
    """Close the ticket of a guest's link."""
    private_link()
    service.close_by_link(token)
    flash(_("Ticket closed. Reply here to reopen it."), "success")
    return redirect(url_for(".guest_ticket", token=token), 303)


@bp.get("/ticket/<token>/files/<attachment_id>")
@access.public
def guest_attachment(token: str, attachment_id: str) -> Response:
    """Hand out a file of the ticket of a guest's link."""
    private_link()
    row = service.attachment_of_link(token, attachment_id=attachment_id)
    return download(service.open_file(row), name=row.name, media_type=service.media_type_of(row))


@bp.post("/ticket/<token>/files/<attachment_id>/delete")
@access.public
def guest_delete_file(token: str, attachment_id: str) -> ResponseReturnValue:
    """Delete a file of the ticket of a guest's link before its time (P16)."""
    private_link()
    service.delete_file_by_link(token, attachment_id=attachment_id)
    flash(_("File deleted. Only a note that there was one remains."), "success")
    return redirect(url_for(".guest_ticket", token=token), 303)


@bp.errorhandler(service.TicketLinkEnded)
def link_ended(_refusal: service.TicketLinkEnded) -> ResponseReturnValue:
    """Say that a link to a ticket has ended, why it may have, and what to do next; what was typed is not lost."""
    return render("support/guest_ticket.html", conversation=None, typed=Reply().message.data), 410
