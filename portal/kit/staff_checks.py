"""How an area looks whether staff could write what is never theirs (P09)."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.kit import staff_writes
from portal.kit.checks import Finding, Sentence, failed, passed
from portal.kit.i18n import _, listed, ngettext

SAYS: Mapping[str, Sentence] = {
    "no_guard": lambda: _("The guard is missing."),
    "written": lambda columns: _("Staff could write: %(columns)s.", columns=listed(columns)),
    "refused": lambda columns: ngettext(
        "%(num)s column tried: refused in every role.", "%(num)s columns tried: refused in every role.", columns
    ),
}
"""The sentences of `refused`."""


def refused(*columns: Any) -> Finding:
    """Say whether staff are refused these columns, and the rows of their tables, in every role."""
    if not staff_writes.is_installed():
        return failed("no_guard")
    written = staff_writes.let_through(columns)
    return failed("written", columns=written) if written else passed("refused", columns=len(columns))


def columns_of(*models: Any) -> Sequence[Any]:
    """Return every column of some tables."""
    return [getattr(model, each.name) for model in models for each in model.__table__.columns]
