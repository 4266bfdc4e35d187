"""The closed lists of the queue: which right, by which way, where a request stands, and how it may end."""

from collections.abc import Mapping
from enum import StrEnum

from portal.kit.i18n import _l


class Right(StrEnum):
    """What somebody asks for."""

    ACCESS = "access"
    COPY = "copy"
    CORRECTION = "correction"
    DELETION = "deletion"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    COMPLAINT = "complaint"

    @property
    def label(self) -> str:
        """What people call it."""
        return str(RIGHTS[self])


class Source(StrEnum):
    """The way by which a request came."""

    PORTAL = "portal"
    FORM = "form"
    STAFF = "staff"
    AGENT = "agent"

    @property
    def label(self) -> str:
        """What staff call it."""
        return str(SOURCES[self])


class RequestState(StrEnum):
    """Where a request stands."""

    AWAITING_IDENTITY = "awaiting_identity"
    OPEN = "open"
    PAUSED = "paused"
    """We wait for the person. The 30 days go on."""
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What its person and staff read."""
        return str(REQUEST_STATES[self])


ANSWERABLE = (RequestState.OPEN, RequestState.PAUSED)
"""Proven and not answered yet."""


class PauseReason(StrEnum):
    """What we wait for."""

    DETAILS = "details"
    EVIDENCE = "evidence"
    CHOICE = "choice"

    @property
    def sentence(self) -> str:
        """What its person is told."""
        return str(PAUSES[self])


class Outcome(StrEnum):
    """How a request ended."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"
    NOTHING_HELD = "nothing_held"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What its person and staff read."""
        return str(OUTCOMES[self])


class Reason(StrEnum):
    """Why a request ended so."""

    AS_ASKED = "as_asked"
    ANSWERED = "answered"
    LAW_REQUIRES = "law_requires"
    LEGAL_CLAIM = "legal_claim"
    OTHERS_RIGHTS = "others_rights"
    NOT_SHOWN = "not_shown"
    UNFOUNDED = "unfounded"
    NOT_CONFIRMED = "not_confirmed"
    NOTHING_FOUND = "nothing_found"
    SAME_REQUEST = "same_request"
    BY_PERSON = "by_person"
    ERASED = "erased"
    CHANGED = "changed"
    """What was to be corrected says something else by now."""
    SECURED = "secured"
    """What guards the account was changed: whoever asked may have been somebody else."""

    @property
    def sentence(self) -> str:
        """What its person is told."""
        return str(REASON_SENTENCES[self])


REASONS: Mapping[Outcome, tuple[Reason, ...]] = {
    Outcome.DONE: (Reason.AS_ASKED, Reason.ANSWERED),
    Outcome.PARTLY: (
        Reason.LAW_REQUIRES,
        Reason.LEGAL_CLAIM,
        Reason.OTHERS_RIGHTS,
        Reason.NOT_SHOWN,
        Reason.CHANGED,
    ),
    Outcome.REFUSED: (
        Reason.LAW_REQUIRES,
        Reason.LEGAL_CLAIM,
        Reason.OTHERS_RIGHTS,
        Reason.NOT_SHOWN,
        Reason.CHANGED,
        Reason.UNFOUNDED,
        Reason.NOT_CONFIRMED,
    ),
    Outcome.NOTHING_HELD: (Reason.NOTHING_FOUND,),
    Outcome.DUPLICATE: (Reason.SAME_REQUEST,),
    Outcome.WITHDRAWN: (Reason.BY_PERSON, Reason.ERASED, Reason.SECURED),
}
"""Which reasons an outcome may have."""


class Verdict(StrEnum):
    """The person's last word: did this answer you?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"

    @property
    def label(self) -> str:
        """What one chooses."""
        return str(VERDICTS[self])


RIGHTS = {
    Right.ACCESS: _l("See what you hold about me"),
    Right.COPY: _l("Get a copy of my data"),
    Right.CORRECTION: _l("Correct my data"),
    Right.DELETION: _l("Delete my data"),
    Right.RESTRICTION: _l("Restrict the use of my data"),
    Right.OBJECTION: _l("Object to a use of my data"),
    Right.COMPLAINT: _l("Complain about how my data is used"),
}
FOR_OUR_TEAM = {each: RIGHTS[each] for each in (Right.CORRECTION, Right.RESTRICTION, Right.OBJECTION, Right.COMPLAINT)}
"""What somebody with an account may ask our team for; the rest is done at once on its own page."""
SOURCES = {
    Source.PORTAL: _l("In the portal"),
    Source.FORM: _l("By the public form"),
    Source.STAFF: _l("Entered by our team"),
    Source.AGENT: _l("By someone on their behalf"),
}
REQUEST_STATES = {
    RequestState.AWAITING_IDENTITY: _l("Waiting for you to confirm"),
    RequestState.OPEN: _l("We’re working on it"),
    RequestState.PAUSED: _l("Waiting for your answer"),
    RequestState.CLOSED: _l("Closed"),
}
PAUSES = {
    PauseReason.DETAILS: _l("We’ve asked you which data you mean."),
    PauseReason.EVIDENCE: _l("We’ve asked you for something that shows the mistake."),
    PauseReason.CHOICE: _l("We’ve asked you to choose between several answers."),
}
OUTCOMES = {
    Outcome.DONE: _l("Done"),
    Outcome.PARTLY: _l("Done in part"),
    Outcome.REFUSED: _l("Refused"),
    Outcome.NOTHING_HELD: _l("Nothing held"),
    Outcome.DUPLICATE: _l("Joined with an earlier request"),
    Outcome.WITHDRAWN: _l("Withdrawn"),
}
REASON_SENTENCES = {
    Reason.AS_ASKED: _l("We did what you asked."),
    Reason.ANSWERED: _l("We answered your question."),
    Reason.LAW_REQUIRES: _l("The law requires us to keep it as it is."),
    Reason.LEGAL_CLAIM: _l("We need it for a legal claim."),
    Reason.OTHERS_RIGHTS: _l("It’s also about someone else, whose rights we must protect."),
    Reason.NOT_SHOWN: _l("What you sent didn’t show that the data is wrong."),
    Reason.CHANGED: _l("It has changed since you asked. If it’s still wrong, ask again."),
    Reason.UNFOUNDED: _l("The same was asked and answered before, and nothing has changed."),
    Reason.NOT_CONFIRMED: _l("We couldn’t confirm that the request came from you."),
    Reason.NOTHING_FOUND: _l("We hold nothing about you."),
    Reason.SAME_REQUEST: _l("You already have an open request for the same thing, and this one was added to it."),
    Reason.BY_PERSON: _l("You withdrew it."),
    Reason.ERASED: _l("Your data was deleted before it was answered."),
    Reason.SECURED: _l("Your account was secured before it was answered. If it was you who asked, ask again."),
}
VERDICTS = {Verdict.YES: _l("Yes"), Verdict.PARTLY: _l("Partly"), Verdict.NO: _l("No")}
