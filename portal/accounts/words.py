"""What the values in the tables of people mean, to whoever reads their own data."""

from portal.accounts.models import EmailChangeState, FactorRemovalState, SignInOutcome
from portal.kit.claims import Words
from portal.kit.i18n import _l

OUTCOMES: Words = {
    SignInOutcome.SIGNED_IN: _l("Signed in"),
    SignInOutcome.FAILED: _l("Failed attempt"),
    SignInOutcome.FACTOR_REMOVED: _l("Two-step verification was turned off, as requested"),
}
EMAIL_CHANGE_STATES: Words = {
    EmailChangeState.ASKED: _l("Waiting for the new address"),
    EmailChangeState.CONFIRMED: _l("Confirmed"),
    EmailChangeState.ENDED: _l("Cancelled"),
    EmailChangeState.VETOED: _l("Cancelled from the old address"),
    EmailChangeState.UNDONE: _l("Undone from the old address"),
    EmailChangeState.REPLACED: _l("Replaced by a later change"),
}
FACTOR_REMOVAL_STATES: Words = {
    FactorRemovalState.ASKED: _l("Waiting for you to confirm by email"),
    FactorRemovalState.WAITING: _l("Confirmed, waiting for its day"),
    FactorRemovalState.STOPPED: _l("Stopped"),
    FactorRemovalState.ENDED: _l("Ended by a change to the account"),
    FactorRemovalState.DONE: _l("Done"),
}
