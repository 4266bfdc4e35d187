"""Verbs of rights: see, take, delete, and the sweeps that keep every period."""

from portal.privacy.service.archive import Archive as Archive
from portal.privacy.service.deleting import DeletionBlocked as DeletionBlocked
from portal.privacy.service.deleting import begin_due as begin_due
from portal.privacy.service.deleting import count_due as count_due
from portal.privacy.service.deleting import count_late as count_late
from portal.privacy.service.deleting import erase_some as erase_some
from portal.privacy.service.deleting import outlook_for as outlook_for
from portal.privacy.service.deleting import request_deletion as request_deletion
from portal.privacy.service.deleting import undo as undo
from portal.privacy.service.deleting import undoable as undoable
from portal.privacy.service.exporting import ExportView as ExportView
from portal.privacy.service.exporting import build as build
from portal.privacy.service.exporting import delete_export as delete_export
from portal.privacy.service.exporting import export_for as export_for
from portal.privacy.service.exporting import newest_export_for as newest_export_for
from portal.privacy.service.exporting import note_fetched as note_fetched
from portal.privacy.service.exporting import open_export as open_export
from portal.privacy.service.exporting import start_export as start_export
from portal.privacy.service.looking import held_for as held_for
from portal.privacy.service.looking import past_for as past_for
from portal.privacy.service.looking import staff_reads_for as staff_reads_for
from portal.privacy.service.receipts import LASTING as LASTING
from portal.privacy.service.receipts import Receipt as Receipt
from portal.privacy.service.receipts import receipt_by_token as receipt_by_token
from portal.privacy.service.sweeping import sweep_batch as sweep_batch
from portal.privacy.service.sweeping import sweep_files as sweep_files
