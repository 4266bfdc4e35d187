"""What the values in the tables of rights mean, to whoever reads their own data."""

from portal.kit.claims import Words
from portal.kit.i18n import _l
from portal.privacy.models import DeletionState, ExportState, OrderKind, StepConfirmation, StepKind, StepState
from portal.privacy.models.rights import FOR_OUR_TEAM as FOR_OUR_TEAM
from portal.privacy.models.rights import RIGHTS as RIGHTS
from portal.privacy.models.rights import VERDICTS as VERDICTS

EXPORT_STATES: Words = {
    ExportState.WAITING: _l("Being prepared"),
    ExportState.READY: _l("Ready"),
    ExportState.FAILED: _l("Failed"),
}
ORDER_KINDS: Words = {
    OrderKind.TICKETS: _l("Closed tickets"),
    OrderKind.FILES: _l("Files in tickets"),
    OrderKind.HISTORY: _l("Sign-in history"),
    OrderKind.ACCOUNT: _l("My account, if I stay away"),
}
DELETION_STATES: Words = {
    DeletionState.WAITING: _l("Can still be cancelled"),
    DeletionState.RUNNING: _l("Under way"),
    DeletionState.UNDONE: _l("Cancelled"),
    DeletionState.DONE: _l("Done"),
}
STEP_KINDS: Words = {
    StepKind.PORTAL: _l("This portal"),
    StepKind.PRODUCT: _l("A product"),
    StepKind.VENDOR: _l("A vendor"),
}
STEP_STATES: Words = {
    StepState.WAITING: _l("Not confirmed yet"),
    StepState.CONFIRMED: _l("Confirmed"),
    StepState.NOT_NEEDED: _l("Nothing to do"),
}
STEP_CONFIRMATIONS: Words = {
    StepConfirmation.READ_BACK: _l("Checked that nothing is left"),
    StepConfirmation.ANSWER: _l("An answer"),
    StepConfirmation.CALLBACK: _l("A message"),
    StepConfirmation.STAFF: _l("A member of our team"),
}
