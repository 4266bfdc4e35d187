"""What is held about people: the account, and what guards it."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from portal.accounts import words
from portal.accounts.models import (
    EmailChange,
    FactorRemoval,
    Person,
    RecoveryCode,
    SignInEvent,
    SignInSession,
    SignUp,
    StaffRole,
    TotpFactor,
)
from portal.accounts.service import delete_old_history, get_person, signed_in_before
from portal.kit.actor import ROLE_NAMES, Role
from portal.kit.claims import (
    UNTIL_ERASED,
    Chapter,
    DataClaim,
    Ground,
    OrderRule,
    Party,
    RetainFor,
    RetainUntil,
    Subject,
    Table,
    of_subjects,
    personal,
    staff_may,
    technical,
)
from portal.kit.files import storage
from portal.kit.i18n import LANGUAGES, _l
from portal.kit.refusals import NotFound

_HASH = _l("It’s a hash. Nobody can read your password from it, and it would only help someone who guesses.")
_OPENS = _l("It opens your account.")
_WHO = _l("Your account’s ID")
_ENDS = _l("When someone joins or leaves our team, what was waiting on their account ends.")


def _photo(subject: Subject) -> Iterable[tuple[str, BinaryIO]]:
    try:
        key = get_person(subject.person_id).avatar_key if subject.person_id else None
    except NotFound:
        return
    if key and storage().exists(key):
        yield "photo.webp", storage().open(key)


def _delete_photos(people: Sequence[Person]) -> None:
    for person in people:
        if person.avatar_key:
            storage().delete(person.avatar_key)


_SIGN_UP = Table(
    SignUp,
    what=_l("Sign-ups waiting for confirmation"),
    parties=[Party(of_subjects(email=SignUp.email_key, since=SignUp.created_at))],
    purpose=_l("To create your account once you confirm your email address."),
    ground=Ground.CONTRACT,
    retention=RetainFor("never_confirmed", since="created_at"),
    by_person=("name", "email", "email_key", "language", "time_zone", "password_hash"),
    columns={
        "id": technical(),
        "name": personal(_l("Name entered")),
        "email": personal(_l("Your email address")),
        "email_key": personal(_l("Your email address, in the form we search by")),
        "language": personal(_l("Language"), words=LANGUAGES),
        "time_zone": personal(_l("Time zone")),
        "password_hash": personal(_l("Hash of the password"), withheld=_HASH, never_by_staff=True),
        "terms_version": technical(_l("Version of the terms accepted")),
        "terms_accepted_at": technical(_l("Terms accepted on")),
        "created_at": technical(_l("Signed up")),
    },
)

_SESSION = Table(
    SignInSession,
    what=_l("Your sessions"),
    parties=[Party(of_subjects(person=SignInSession.person_id))],
    purpose=_l("To keep you signed in, and to let you sign out from anywhere."),
    ground=Ground.CONTRACT,
    retention=RetainUntil("expires_at", _l("Until you sign out, or the session expires")),
    by_person=("remembered",),
    by_staff=[
        staff_may(Role.ADMIN, why=_l("Anyone who joins or leaves our team is signed out everywhere."), deletes=True),
        staff_may(Role.SENIOR, why=_l("An account that is disabled for a breach of the Terms is signed out."), deletes=True),
    ],
    columns={
        "id": technical(),
        "person_id": personal(_WHO),
        "secret_hash": technical(),
        "device": personal(_l("Browser and system, as reported")),
        "created_at": personal(_l("Signed in")),
        "seen_at": personal(_l("Last active")),
        "expires_at": technical(_l("Expires")),
        "remembered": technical(_l("“Remember me” chosen")),
        "fresh_until": technical(),
        "second_factor_at": technical(_l("Code entered")),
    },
)

_EVENT = Table(
    SignInEvent,
    what=_l("Sign-in history, including failed attempts"),
    parties=[Party(of_subjects(person=SignInEvent.person_id))],
    purpose=_l("So that you can see whether it was you."),
    ground=Ground.LEGITIMATE_INTEREST,
    retention=RetainFor("sign_in_history", since="last_at"),
    columns={
        "id": technical(),
        "person_id": personal(_WHO),
        "outcome": technical(_l("Result"), words=words.OUTCOMES),
        "device": personal(_l("Browser and system, as reported")),
        "session_id": technical(),
        "first_visit_id": technical(),
        "last_visit_id": technical(),
        "count": technical(_l("Number of times")),
        "first_at": personal(_l("First time")),
        "last_at": personal(_l("Last time")),
    },
)

_EMAIL_CHANGE = Table(
    EmailChange,
    what=_l("Changes of your email address"),
    parties=[Party(of_subjects(person=EmailChange.person_id))],
    purpose=_l("To have the new address confirmed, and to let you undo the change from the old one."),
    ground=Ground.CONTRACT,
    retention=(
        RetainFor("email_change_undo", since="confirmed_at"),
        RetainFor("email_change_undo", since="requested_at", where=lambda: EmailChange.confirmed_at.is_(None)),
    ),
    by_person=("new_email", "new_email_key"),
    by_staff=[staff_may(Role.ADMIN, why=_ENDS, changes=("state",))],
    columns={
        "id": technical(),
        "person_id": personal(_WHO),
        "old_email": personal(_l("Old email address")),
        "old_email_key": personal(_l("Old email address, in the form we search by")),
        "new_email": personal(_l("New email address")),
        "new_email_key": personal(_l("New email address, in the form we search by")),
        "state": technical(_l("State"), words=words.EMAIL_CHANGE_STATES),
        "requested_at": technical(_l("Requested")),
        "confirmed_at": technical(_l("Confirmed")),
    },
)

_FACTOR = Table(
    TotpFactor,
    what=_l("Your two-step verification"),
    parties=[Party(of_subjects(person=TotpFactor.person_id))],
    purpose=_l("To ask for a code as well as your password, as you chose."),
    ground=Ground.CONTRACT,
    retention=UNTIL_ERASED,
    never_by_staff=True,
    columns={
        "person_id": personal(_WHO),
        "secret_sealed": personal(_l("The key of your authenticator app, encrypted"), withheld=_OPENS),
        "created_at": technical(_l("Set up")),
        "confirmed_at": technical(_l("First code entered")),
        "last_step": technical(),
    },
)

_RECOVERY_CODE = Table(
    RecoveryCode,
    what=_l("Your recovery codes, used and unused"),
    parties=[Party(of_subjects(person=RecoveryCode.person_id))],
    purpose=_l("To let you in without your phone."),
    ground=Ground.CONTRACT,
    retention=UNTIL_ERASED,
    never_by_staff=True,
    columns={
        "id": technical(),
        "person_id": personal(_WHO),
        "code_hash": personal(_l("Hash of the code"), withheld=_OPENS),
        "created_at": technical(_l("Created on")),
        "used_at": technical(_l("Used on (empty: not used yet)")),
    },
)

_FACTOR_REMOVAL = Table(
    FactorRemoval,
    what=_l("Requests to turn off two-step verification without a code"),
    parties=[Party(of_subjects(person=FactorRemoval.person_id))],
    purpose=_l("To let you back in if you’ve lost your phone and your codes, and to let you stop it if it wasn’t you."),
    ground=Ground.CONTRACT,
    retention=(
        RetainFor("factor_removal", since="ended_at"),
        RetainFor("factor_removal", since="requested_at", where=lambda: FactorRemoval.confirmed_at.is_(None)),
    ),
    by_staff=[staff_may(Role.ADMIN, why=_ENDS, changes=("state", "ended_at"))],
    columns={
        "id": technical(),
        "person_id": personal(_WHO, never_by_staff=True),
        "state": technical(_l("State"), words=words.FACTOR_REMOVAL_STATES),
        "requested_at": technical(_l("Requested"), never_by_staff=True),
        "confirmed_at": technical(_l("Confirmed"), never_by_staff=True),
        "guards": technical(never_by_staff=True),
        "due_at": technical(_l("Turned off on, unless stopped"), never_by_staff=True),
        "reminded_at": technical(_l("Reminder sent"), never_by_staff=True),
        "ended_at": technical(_l("Turned off or stopped on")),
    },
)

_ROLE = Table(
    StaffRole,
    what=_l("Your role on our team"),
    parties=[Party(of_subjects(person=StaffRole.person_id))],
    purpose=_l("To let our staff do their work, and nothing more."),
    ground=Ground.CONTRACT,
    retention=UNTIL_ERASED,
    by_staff=[
        staff_may(
            Role.ADMIN,
            why=_l("An administrator says who is on our team, and in which role."),
            adds=True,
            deletes=True,
            changes=("role", "granted_at"),
        )
    ],
    columns={
        "person_id": personal(_WHO),
        "role": personal(_l("Role"), words=ROLE_NAMES),
        "granted_at": technical(_l("Role given on")),
    },
)

_PERSON = Table(
    Person,
    what=_l("Your User Account"),
    parties=[Party(of_subjects(person=Person.id))],
    purpose=_l("To provide your account, and to reach you by email."),
    ground=Ground.CONTRACT,
    retention=UNTIL_ERASED,
    before_delete=_delete_photos,
    is_anchor=True,
    fixed=_l("You change it yourself in your settings, or our software noted it."),
    by_person=("name", "email", "email_key", "language", "time_zone", "avatar_key", "password_hash"),
    by_staff=[
        staff_may(
            Role.SENIOR,
            why=_l("Two senior members of our team can disable an account for a breach of the Terms. One can lift that."),
            changes=("disabled_at",),
        )
    ],
    columns={
        "id": technical(_WHO),
        "name": personal(_l("Name"), correctable=True),
        "email": personal(_l("Email address")),
        "email_key": personal(_l("Email address, in the form we search by")),
        "language": personal(_l("Language"), words=LANGUAGES),
        "time_zone": personal(_l("Time zone")),
        "avatar_key": personal(_l("Photo, if you uploaded one")),
        "password_hash": personal(_l("Hash of your password"), withheld=_HASH, never_by_staff=True),
        "password_set_at": technical(_l("Password last changed"), never_by_staff=True),
        "password_verdict": technical(never_by_staff=True),
        "reset_requested_at": technical(_l("Reset link requested")),
        "terms_version": technical(_l("Version of the terms accepted")),
        "terms_accepted_at": technical(_l("Terms accepted on")),
        "created_at": technical(_l("Account created")),
        "frozen_at": technical(_l("Locked, because you told us that something wasn’t you")),
        "deactivated_at": technical(_l("Closed, because you asked for deletion")),
        "disabled_at": technical(_l("Disabled, for a breach of the Terms")),
        "wrong_passwords": technical(_l("Wrong passwords in a row, from browsers you had not signed in with")),
        "wrong_passwords_known": technical(_l("Wrong passwords in a row, from browsers you had signed in with")),
    },
)

CLAIM = DataClaim(
    area="accounts",
    title=_l("Account and sign-in"),
    words=words.AREA_WORDS,
    orders=[OrderRule("history", SignInEvent, where=signed_in_before, delete=delete_old_history)],
    chapter=Chapter.SECURITY,
    tables=[_SIGN_UP, _SESSION, _EVENT, _EMAIL_CHANGE, _FACTOR, _RECOVERY_CODE, _FACTOR_REMOVAL, _ROLE, _PERSON],
    consequences=lambda subject: [_l("You can’t sign in any more.")] if subject.person_id else [],
    stored={"avatar": Person.avatar_key},
    files=_photo,
)
