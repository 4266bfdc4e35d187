"""Seeing: what is held, and who from staff has looked."""

from flask import Blueprint, request

from portal.kit import access, clock
from portal.kit.actor import Role
from portal.kit.claims import MOST_COUNTED
from portal.kit.i18n import _
from portal.kit.staff_reads import BASES, Basis, StaffRead
from portal.kit.templating import ago, day, render
from portal.legal import vendors
from portal.privacy import service

bp = Blueprint("access_log", __name__)


@bp.get("/settings/privacy")
@access.signed_in
@access.open_while_disabled
def overview() -> str:
    """Show what is held, who else holds it, and the ways to take and to delete it (P24, P28)."""
    person = access.actor()
    return render(
        "privacy/overview.html",
        held=service.held_for(person),
        most=MOST_COUNTED,
        undisclosed=service.undisclosed(),
        export=service.newest_export_for(person),
        vendors=vendors.in_force(clock.today()),
    )


@bp.get("/settings/privacy/who-looked")
@access.signed_in
@access.open_while_disabled
def who_looked() -> str:
    """Show each time that staff read data about the person (P36)."""
    found = service.staff_reads_for(access.actor(), after=request.args.get("after"))
    return render("privacy/who_looked.html", reads=[_said(read) for read in found.rows], after=found.after)


def _said(read: StaffRead) -> tuple[str, str, str]:
    """Say when, who and what. Of the lists of a day, whoever looked at them, one stands for all."""
    basis = Basis(read.basis)
    if basis is Basis.TICKET_LIST:
        return _("%(day)s (UTC)", day=day(read.at, "UTC")), _("Our support team"), str(BASES[basis])
    return ago(read.at), Role(read.role).label, str(BASES[basis])
