"""What the values in the tables of rights mean, to whoever reads their own data."""

from portal.kit.claims import Words
from portal.kit.i18n import _l
from portal.privacy.models import DeletionState, ExportState
from portal.privacy.models.rights import FOR_OUR_TEAM as FOR_OUR_TEAM
from portal.privacy.models.rights import RIGHTS as RIGHTS
from portal.privacy.models.rights import VERDICTS as VERDICTS

EXPORT_STATES: Words = {
    ExportState.WAITING: _l("Being prepared"),
    ExportState.READY: _l("Ready"),
    ExportState.FAILED: _l("Failed"),
}
DELETION_STATES: Words = {
    DeletionState.WAITING: _l("Can still be cancelled"),
    DeletionState.RUNNING: _l("Under way"),
    DeletionState.UNDONE: _l("Cancelled"),
    DeletionState.DONE: _l("Done"),
}
