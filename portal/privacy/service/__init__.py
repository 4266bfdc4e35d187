"""Verbs of rights: see, take, delete, and the sweeps that keep every period."""

from portal.privacy.service.archive import Archive
from portal.privacy.service.deleting import (
    DeletionBlocked,
    begin_due,
    count_due,
    count_late,
    erase_some,
    outlook_for,
    request_deletion,
    undo,
    undoable,
)
from portal.privacy.service.exporting import (
    ExportView,
    build,
    delete_export,
    export_for,
    newest_export_for,
    note_fetched,
    open_export,
    start_export,
)
from portal.privacy.service.looking import held_for, past_for, staff_reads_for
from portal.privacy.service.receipts import LASTING, Receipt, receipt_by_token
from portal.privacy.service.sweeping import sweep_batch, sweep_files

__all__ = [
    "LASTING",
    "Archive",
    "DeletionBlocked",
    "ExportView",
    "Receipt",
    "begin_due",
    "build",
    "count_due",
    "count_late",
    "delete_export",
    "erase_some",
    "export_for",
    "held_for",
    "newest_export_for",
    "note_fetched",
    "open_export",
    "outlook_for",
    "past_for",
    "receipt_by_token",
    "request_deletion",
    "staff_reads_for",
    "start_export",
    "sweep_batch",
    "sweep_files",
    "undo",
    "undoable",
]
