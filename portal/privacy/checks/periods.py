"""Every column is classified, and every period kept."""

from portal.jobs.service import RUN_FAULTS, find_run_fault
from portal.kit.checks import Check, Finding, failed, failed_by, passed, state
from portal.kit.claims import register
from portal.kit.db import Base
from portal.kit.i18n import _, _l, listed, ngettext
from portal.privacy.checks.grace import GRACE


def _all_classified() -> Finding:
    faults = register().faults(Base.metadata)
    columns = sum(len(table.columns) for _claim, table in register().tables())
    names = list(dict.fromkeys(fault.partition(": ")[0] for fault in faults))
    return failed("misclassified", names=names) if faults else passed("classified", columns=columns)


def _periods_kept() -> Finding:
    late = register().count_ended(grace=GRACE)
    if late:
        return failed_by([state("past", table=table, rows=rows) for table, rows in late.items()])
    # Rows, and the files that no row knows any more.
    faults = [find_run_fault(name, grace=GRACE) for name in ("privacy.sweep", "privacy.sweep_files")]
    return failed_by(found) if (found := [fault for fault in faults if fault]) else passed("none_past")


CHECKS = [
    Check(
        promise="P02",
        name="all_classified",
        what=_l("Every stored column states whether it’s personal, its purpose, its legal ground and how long it’s kept."),
        run=_all_classified,
        says={
            "misclassified": lambda names: _("Not fully classified: %(names)s.", names=listed(names)),
            "classified": lambda columns: ngettext("%(num)s column checked.", "%(num)s columns checked.", columns),
        },
    ),
    Check(
        promise="P23",
        name="periods_kept",
        what=_l("No entry in any table is past its period, and the clean-up ran recently."),
        run=_periods_kept,
        says={
            **RUN_FAULTS,
            "past": lambda table, rows: ngettext(
                "%(num)s entry in %(table)s is past its period.",
                "%(num)s entries in %(table)s are past their period.",
                rows,
                table=table,
            ),
            "none_past": lambda: _("No entry is past its period."),
        },
    ),
]
