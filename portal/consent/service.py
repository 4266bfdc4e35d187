"""Verbs of deciding, and the one question that every use of a person asks."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, literal, not_, select

from portal.consent.models import Choice as Choice
from portal.consent.models import Decision
from portal.consent.models import Mechanism as Mechanism
from portal.kit import clock, tokens
from portal.kit.claims import Ground
from portal.kit.db import db
from portal.kit.i18n import _l
from portal.kit.periods import period
from portal.kit.refusals import LinkDead

ANALYTICS = "analytics"
NEWSLETTER = "newsletter"
STAFF_SEARCH = "staff_search"
BY_EMAIL = (NEWSLETTER, "betas", "research", "follow_up", "error_help")
"""For which we write first: each such email asks when it is written, and again before it leaves (P15)."""
EVERYTHING = "everything"
"""Instead of one purpose, for a restriction that concerns them all."""
PERIOD = "consent"
COOKIE = tokens.LinkPurpose("consent.choice")
LASTING = (tokens.lasting(COOKIE, life=PERIOD),)
"""What outlives a secret: a choice is asked for again when its period is over, and not before (P22)."""
MOST_SHOWN = 100


RESTRICTING = (Choice.RESTRICTED, Choice.LIFTED)


@dataclass(frozen=True)
class Purpose:
    """Something data is used for, and may be refused for. `words` are what one reads before deciding."""

    key: str
    label: Any
    words: Sequence[Any]
    ground: Ground
    revision: int = 1
    same_since: int = 1
    """The first revision that asks the same, in whichever words: an answer to an older one no longer counts."""
    lapses: bool = False
    """Whether a grant ends by itself after the period of consent."""
    is_asked: bool = False
    """Whether any part of the portal asks about it yet. Until then nothing can be said of it (P15, P27)."""

    @property
    def default(self) -> bool:
        """Whether it may be served without a word from the person: what rests on consent may not."""
        return self.ground is not Ground.CONSENT


BANNER_TITLE = _l("Can Google Analytics count your visits?")
EXPLANATION = _l(
    "If you accept, Google Analytics counts visits to our public pages, in aggregate only, with up to four "
    "cookies. If you refuse, nothing from Google is loaded, and every page works the same."
)
"""What the page about cookies says beside the question."""
REFUSE = _l("Refuse")
ACCEPT = _l("Accept")

_ALL = (
    Purpose(
        ANALYTICS,
        _l("Analytics"),
        (BANNER_TITLE, REFUSE, ACCEPT),
        Ground.CONSENT,
        revision=3,
        lapses=True,
    ),
    Purpose(
        NEWSLETTER,
        _l("Newsletter"),
        (_l("News for apparel makers, now and then. You can unsubscribe from any issue."),),
        Ground.CONSENT,
        revision=2,
        is_asked=True,
    ),
    Purpose(
        "betas",
        _l("Beta versions"),
        (_l("We email you about new versions that you can try before everyone else, so that they fit your work."),),
        Ground.LEGITIMATE_INTEREST,
        revision=3,
        is_asked=True,
    ),
    Purpose(
        "research",
        _l("Research interviews"),
        (_l("We email you to ask for an interview about how you work, so that we build what you need."),),
        Ground.LEGITIMATE_INTEREST,
        revision=3,
        is_asked=True,
    ),
    Purpose(
        "follow_up",
        _l("News about what you reported"),
        (_l("We email you when something you reported is fixed, so that you needn’t ask."),),
        Ground.LEGITIMATE_INTEREST,
        revision=3,
        is_asked=True,
    ),
    Purpose(
        "error_help",
        _l("Help when you run into errors"),
        (_l("We email you when our logs show you’ve run into errors, so that you aren’t left stuck."),),
        Ground.LEGITIMATE_INTEREST,
        revision=3,
        is_asked=True,
    ),
    Purpose(
        "product_improvement",
        _l("Improving our products"),
        (_l("We learn from your tickets how to improve our products, so that you don’t meet the same problem again."),),
        Ground.LEGITIMATE_INTEREST,
        revision=4,
    ),
    Purpose(
        STAFF_SEARCH,
        _l("Being found by our team"),
        (_l("Our team finds your tickets by your email address, so that what you told us before isn’t asked again."),),
        Ground.LEGITIMATE_INTEREST,
        is_asked=True,
    ),
)
PURPOSES = {purpose.key: purpose for purpose in _ALL}
EVERY_USE = Purpose(
    EVERYTHING,
    _l("All uses"),
    (_l("While the use of your data is restricted, we store it and do nothing else with it."),),
    Ground.LEGITIMATE_INTEREST,
)


def decide(subject_id: uuid.UUID, *, purpose: str, choice: Choice, mechanism: Mechanism) -> Decision:
    """Write down a decision, with the fingerprint of the purpose's words in the present language, and return it.

    Raises KeyError for a purpose that does not exist, ValueError when `EVERYTHING` is anything but restricted or lifted.
    """
    if purpose == EVERYTHING and choice not in RESTRICTING:
        raise ValueError("only a restriction can concern every purpose")
    shown = EVERY_USE if purpose == EVERYTHING else PURPOSES[purpose]
    decision = Decision(
        id=uuid.uuid4(),
        subject_id=subject_id,
        purpose=purpose,
        choice=choice,
        revision=shown.revision,
        mechanism=mechanism,
        text_hash=hash_words(shown.words),
        decided_at=clock.now(),
    )
    db.session.add(decision)
    return decision


def hash_words(words: Sequence[Any]) -> str:
    """Return the SHA-256, in hex, of what a person reads, in the present language."""
    return hashlib.sha256("\n".join(str(word) for word in words).encode()).hexdigest()


def may_use(subject_id: uuid.UUID, *, purpose: str) -> bool:
    """Tell whether the subject may be used for a purpose. Whatever is unknown is answered with no (P27). One query."""
    return purpose_states(subject_id).get(purpose, False)


def may_email(subject_id: uuid.UUID | None, *, purpose: str) -> bool:
    """Tell whether an email for a purpose may go to somebody. Nobody in particular has allowed nothing (P15). One query."""
    return purpose in BY_EMAIL and subject_id is not None and purpose_states(subject_id)[purpose]


def usable(subject: Any, *, purpose: str) -> ColumnElement[bool]:
    """Return the clause for the rows whose `subject`, a column with an id, may be used for a purpose (P27).

    The one way to list people for a purpose. It says what `may_use` says; for an unknown purpose there is nobody.
    """
    shown = PURPOSES.get(purpose)
    if shown is None:
        return false()
    counts = [Decision.decided_at > clock.now() - period(PERIOD)] if shown.lapses else []
    word = _last_word(subject, purpose, Decision.choice.not_in(RESTRICTING), *counts)
    silence = Choice.GRANTED if shown.default else Choice.DENIED
    return and_(
        func.coalesce(word, literal(silence, Decision.choice.type)) == Choice.GRANTED,
        not_(is_restricted(subject, purpose=purpose)),
        not_(is_restricted(subject)),
    )


def is_restricted(subject: Any, *, purpose: str = EVERYTHING) -> ColumnElement[bool]:
    """Return the clause for the rows whose `subject` has restricted this use, or every use."""
    word = _last_word(subject, purpose, Decision.choice.in_(RESTRICTING))
    return func.coalesce(word, literal(Choice.LIFTED, Decision.choice.type)) == Choice.RESTRICTED


def _last_word(subject: Any, purpose: str, *which: ColumnElement[bool]) -> ScalarSelect[Any]:
    said = select(Decision.choice).where(Decision.subject_id == subject, Decision.purpose == purpose, *which)
    return said.order_by(Decision.decided_at.desc(), Decision.id.desc()).limit(1).scalar_subquery()


def find_restriction(subject_id: uuid.UUID) -> datetime | None:
    """Return since when every use of the subject is restricted, or None. One query."""
    said = select(Decision).where(Decision.subject_id == subject_id, Decision.purpose == EVERYTHING)
    last = db.session.scalar(said.order_by(Decision.decided_at.desc(), Decision.id.desc()).limit(1))
    return last.decided_at if last is not None and last.choice == Choice.RESTRICTED else None


def purpose_states(subject_id: uuid.UUID) -> dict[str, bool]:
    """Return for every purpose whether it may be served now: the state of the switches. One query."""
    rank = func.row_number().over(
        partition_by=(Decision.purpose, Decision.choice.in_(RESTRICTING)),
        order_by=(Decision.decided_at.desc(), Decision.id.desc()),
    )
    ranked = (
        select(Decision.purpose, Decision.choice, Decision.decided_at, rank.label("rank"))
        .where(Decision.subject_id == subject_id)
        .subquery()
    )
    restricted: dict[str, bool] = {}
    choices: dict[str, tuple[str, datetime]] = {}
    for row in db.session.execute(select(ranked).where(ranked.c.rank == 1)):
        if row.choice in RESTRICTING:
            restricted[row.purpose] = row.choice == Choice.RESTRICTED
        else:
            choices[row.purpose] = (row.choice, row.decided_at)
    return {
        key: not restricted.get(EVERYTHING) and not restricted.get(key) and _allows(purpose, choices.get(key))
        for key, purpose in PURPOSES.items()
    }


def _allows(purpose: Purpose, chosen: tuple[str, datetime] | None) -> bool:
    if chosen is None:
        return purpose.default
    choice, decided_at = chosen
    lapsed = purpose.lapses and decided_at <= clock.now() - period(PERIOD)
    return choice == Choice.GRANTED and not lapsed


def decisions_for(subject_id: uuid.UUID) -> Sequence[Decision]:
    """Return a subject's decisions, the newest first, at most a page of them."""
    newest_first = (Decision.decided_at.desc(), Decision.id.desc())
    query = select(Decision).where(Decision.subject_id == subject_id).order_by(*newest_first).limit(MOST_SHOWN)
    return db.session.scalars(query).all()


@dataclass(frozen=True)
class Remembered:
    """The choice about statistics as the browser itself carries it, signed, so that no page asks the database."""

    decision_id: uuid.UUID
    visitor_id: uuid.UUID
    granted: bool
    decided_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it is forgotten, a refusal as late as a grant."""
        return self.decided_at + period(PERIOD)


def cookie_for(decision: Decision) -> str:
    """Return the signed value by which a browser remembers its decision about statistics."""
    return tokens.sign(
        COOKIE,
        str(decision.id),
        str(decision.subject_id),
        decision.choice,
        str(decision.revision),
        decision.decided_at.isoformat(),
    )


def find_remembered(cookie: str) -> Remembered | None:
    """Read what `cookie_for` wrote. None when it is forged, has lapsed, or answers another question."""
    try:
        decision_id, visitor_id, choice, revision, at = tokens.read(COOKIE, cookie, max_age=period(PERIOD))
        found = Remembered(
            uuid.UUID(decision_id), uuid.UUID(visitor_id), choice == Choice.GRANTED, datetime.fromisoformat(at)
        )
    except (LinkDead, ValueError):
        return None
    still_asked = int(revision) >= PURPOSES[ANALYTICS].same_since
    return found if still_asked and found.ends_at > clock.now() else None
