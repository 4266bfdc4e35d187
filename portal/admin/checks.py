"""The part of P36 that this area keeps: the console is for staff alone."""

from flask import current_app

from portal.kit import access
from portal.kit.checks import Check, Finding, failed, passed
from portal.kit.i18n import _, _l, listed, ngettext


def _console_for_staff() -> Finding:
    endpoints = [name for name in current_app.view_functions if name.startswith("admin.")]
    open_to_others = [name for name in endpoints if not _is_staff_only(name)]
    if open_to_others:
        return failed("open_to_others", pages=open_to_others)
    return passed("guarded", pages=len(endpoints)) if endpoints else failed("no_console")


def _is_staff_only(endpoint: str) -> bool:
    tag = access.tag_of(current_app, endpoint)
    return tag.gate is access.Gate.STAFF and bool(tag.roles)


CHECKS = [
    Check(
        promise="P36",
        name="console_for_staff",
        what=_l("Every page of the console asks for a staff role and a second factor."),
        run=_console_for_staff,
        says={
            "open_to_others": lambda pages: _("Open to others: %(pages)s.", pages=listed(pages)),
            "no_console": lambda: _("There is no console."),
            "guarded": lambda pages: ngettext("%(num)s console page checked.", "%(num)s console pages checked.", pages),
        },
    ),
]
