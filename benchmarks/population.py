"""What thousands or a million people leave in a database, in SQL: each table that grows with them, spread as in life.

Few have many rows and most have few: whoever is picked for the n-th row of a table is picked by a square, so that the first
of a million has thousands of rows, the median one or two. The same numbers make the same rows, on either database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPREAD, BELOW = 618033989, 1000000007
"""A number of the golden section and a prime: their multiples fall evenly and never twice into the same place."""
DAY = 24 * 3600
FIXED = frozenset({"staff_role", "schedule", "check_result", "secret_key", "lasting_key", "signing_key", "price_list"})
"""Tables that do not grow with the people: of staff, of the code, of the machine, of what we sell."""
PILE = {"sign_in_event": 20, "visit": 20, "audit_entry": 20, "email": 15, "consent_decision": 10, "ticket": 5}
"""The rows of somebody who has very many, a share of each table in percent; the other tenth are messages in the tickets."""
BEYOND = 10**8
"""Where the numbers of their rows begin: nobody else has so high ones."""


@dataclass(frozen=True)
class Words:
    """What the two databases spell differently."""

    id: str
    """A random id."""
    id_type: str
    blob: str
    secret: str
    """64 random hex digits."""
    _ago: str
    series: str

    @property
    def of_person(self) -> dict[str, str]:
        """The columns of a row with an id of its own that is about a person."""
        return {"id": self.id, "person_id": "owner"}

    def ago(self, days: int) -> str:
        """Return an instant within the last `days`, the same for the same `i`."""
        return self._ago.format(seconds=f"(i * 7919) % {days * DAY}")

    def ahead(self, days: int) -> str:
        """Return an instant within the next `days`."""
        return self._ago.format(seconds=f"-((i * 7919) % {days * DAY}) - 60")

    def numbers(self, most: int | str) -> str:
        """Return the numbers from 1 on, as a source of rows with one column `i`."""
        return self.series.format(most=most)


WORDS = {
    "postgresql": Words(
        id="gen_random_uuid()",
        id_type="UUID",
        blob="'\\x00'::bytea",
        secret="md5(random()::text) || md5(random()::text)",
        _ago="now() - make_interval(secs => {seconds})",
        series="generate_series(1::bigint, {most}) AS numbers(i)",
    ),
    "sqlite": Words(
        id="lower(hex(randomblob(16)))",
        id_type="CHAR(32)",
        blob="X'00'",
        secret="lower(hex(randomblob(32)))",
        _ago="strftime('%Y-%m-%d %H:%M:%f000', 'now', (-({seconds})) || ' seconds')",
        series="(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) SELECT i FROM n)",
    ),
}


@dataclass(frozen=True)
class Rows:
    """The rows of one table: how many for each thousand people, and each column in SQL.

    `i` is the number of the row, `n` that of the person whom it is about and `owner` their id. With `within` there are so
    many for each thousand rows of another table instead, and `owner` is the id of its row.
    """

    per_thousand: int
    columns: Mapping[str, str]
    within: str = ""
    once: bool = False
    """Whether each person has at most one: then every so many have one."""


def growing(words: Words) -> dict[str, Rows]:
    """Return what the tables hold that grow with the people, parents first."""
    parts = (
        _accounts, _guards, _traffic, _support, _newsletter, _work, _trail, _rights, _disputes,
        _orders, _organisations, _licences, _dissolutions, _disabling,
    )  # fmt: skip
    return {name: rows for part in parts for name, rows in part(words).items()}


EMAIL = "'mei' || n || '@example.com'"
NAMED = {"name": "'Mei Tailor ' || n", "email": EMAIL, "email_key": EMAIL, "language": "'en'"}
EACH_SECOND = "CASE WHEN i % 2 = 0 THEN owner END"
"""Half of the rows are of somebody who was signed in."""


def _accounts(words: Words) -> dict[str, Rows]:
    ago = words.ago
    with_password = {
        **NAMED, "time_zone": "'UTC'", "password_hash": "'none'", "terms_version": "'1'", "terms_accepted_at": ago(900),
        "created_at": ago(7),
    }  # fmt: skip
    person = {
        **with_password, "id": "owner", "password_set_at": ago(900), "created_at": ago(900), "wrong_passwords": "0",
        "wrong_passwords_known": "0",
    }  # fmt: skip
    session = {
        "secret_hash": words.secret, "device": "'Firefox on Linux'", "created_at": ago(1), "seen_at": ago(1),
        "expires_at": words.ahead(30), "remembered": "i % 3 = 0",
    }  # fmt: skip
    event = {
        "outcome": "CASE WHEN i % 9 = 0 THEN 'failed' ELSE 'signed_in' END", "device": "'Browser ' || i % 5", "count": "1",
        "first_at": ago(180), "last_at": ago(180),
    }  # fmt: skip
    return {
        "person": Rows(1000, person, once=True),
        "sign_up": Rows(100, {**with_password, "id": words.id, "email_key": "'new' || i || '@example.com'"}),
        "sign_in_session": Rows(300, {**words.of_person, **session}),
        "sign_in_event": Rows(800, {**words.of_person, **event}),
    }


def _guards(words: Words) -> dict[str, Rows]:
    ago = words.ago
    change = {
        "old_email": EMAIL, "old_email_key": "'old' || i || '@example.com'", "new_email": EMAIL, "new_email_key": EMAIL,
        "state": "'confirmed'", "requested_at": ago(7), "confirmed_at": ago(7),
    }  # fmt: skip
    removal = {"state": "'done'", "requested_at": ago(90), "guards": "''", "due_at": ago(90), "ended_at": ago(90)}
    factor = {"secret_sealed": words.blob, "created_at": ago(900), "confirmed_at": ago(900), "last_step": "0"}
    return {
        "email_change": Rows(100, {**words.of_person, **change}),
        "totp_factor": Rows(100, {"person_id": "owner", **factor}, once=True),
        "recovery_code": Rows(200, {**words.of_person, "code_hash": "'none'", "created_at": ago(900)}),
        "factor_removal": Rows(100, {**words.of_person, **removal}),
    }


def _traffic(words: Words) -> dict[str, Rows]:
    visit = {
        "at": words.ago(14), "sealed_on": "CURRENT_DATE", "endpoint": "'home.home'", "method": "'GET'", "status": "200",
        "sealed_address": words.blob, "subject_id": EACH_SECOND,
    }  # fmt: skip
    decision = {
        "subject_id": "owner", "purpose": "'analytics'", "choice": "'granted'", "revision": "1", "mechanism": "'banner'",
        "text_hash": "'0'", "decided_at": words.ago(182),
    }  # fmt: skip
    return {"visit": Rows(600, {"id": words.id, **visit}), "consent_decision": Rows(300, {"id": words.id, **decision})}


def _support(words: Words) -> dict[str, Rows]:
    ago = words.ago
    ticket = {
        **NAMED, "reference": "'R' || i", "kind": "'contact'", "subject_id": EACH_SECOND, "subject": "'Looms'",
        "state": "CASE WHEN i % 50 = 0 THEN 'open' ELSE 'closed' END", "urgent": "i % 1000 = 0",
        "opened_at": ago(700), "updated_at": ago(700),
        # An organisation has the id of its Owner, who is every fifth of the people, and shares every fourth ticket.
        "organisation_id": "CASE WHEN n % 5 = 0 AND i % 4 = 0 THEN owner END",
    }  # fmt: skip
    message = {"ticket_id": "owner", "author": "'customer'", "body": "'How?'", "at": ago(700)}
    file = {
        "file_key": words.secret, "name": "'a.pdf'", "kind": "'pdf'", "size": "9", "added_at": ago(60),
        "expires_at": words.ahead(60),
    }  # fmt: skip
    within = {"id": words.id, "message_id": "owner"}
    return {
        "ticket": Rows(200, {"id": words.id, **ticket}),
        "ticket_message": Rows(2000, {"id": words.id, **message}, within="ticket"),
        "ticket_attachment": Rows(1000, {**within, **file}, within="ticket_message"),
        "ticket_removed_file": Rows(1000, {**within, "removed_at": ago(700), "why": "'expired'"}, within="ticket_message"),
    }


def _newsletter(words: Words) -> dict[str, Rows]:
    ago = words.ago
    subscriber = {
        "email": EMAIL, "email_key": "'news' || i || '@example.com'", "subject_id": EACH_SECOND, "confirmed_at": ago(900),
        "source": "'form'", "language": "'en'",
    }  # fmt: skip
    left = {"id": words.id, "address_hash": words.secret, "suppressed_at": ago(900)}
    return {
        "newsletter_subscriber": Rows(200, {"id": words.id, **subscriber}),
        "newsletter_suppression": Rows(100, left),
    }


def _work(words: Words) -> dict[str, Rows]:
    email = {
        "kind": "'accounts.welcome'", "subject_id": "CASE WHEN i % 5 > 0 THEN owner END", "to_address": "''",
        "subject_line": "''", "text": "''",
        "to_key": f"CASE WHEN i % 20 = 0 THEN {EMAIL} ELSE '' END", "html": "''", "headers": "'{}'",
        "message_id": "'m' || i", "state": "CASE WHEN i % 20 = 0 THEN 'waiting' ELSE 'sent' END",
        "created_at": words.ago(30), "ended_at": f"CASE WHEN i % 20 <> 0 THEN {words.ago(30)} END",
    }  # fmt: skip
    job = {
        "kind": "'mail.deliver'", "payload": "'{}'", "subject_id": "owner", "state": "'waiting'", "created_at": words.ago(1),
        "run_at": words.ahead(1), "attempts": "0", "progress_done": "0", "progress_total": "0",
    }  # fmt: skip
    return {"email": Rows(300, {"id": words.id, **email}), "job": Rows(100, {"id": words.id, **job})}


def _trail(words: Words) -> dict[str, Rows]:
    ago = words.ago
    entry = {"event": "'accounts.signed_in'", "subject_id": "owner", "by_id": "owner", "facts": "'{}'"}
    read = {
        "staff_id": "owner", "role": "'support'", "basis": "'ticket'", "basis_id": words.id, "claim": "'support'",
        "table_name": "'ticket'", "how_many": "1", "salt": words.blob,
    }  # fmt: skip
    typed = {"id": words.id, "owner": "'owner ' || i % 100000", "typed": words.blob, "at": ago(1)}
    return {
        "audit_entry": Rows(400, {"id": words.id, "at": ago(700), **entry}),
        "staff_read": Rows(100, {"id": words.id, "at": ago(700), **read}),
        "staff_read_subject": Rows(1000, {"read_id": "owner", "subject_id": words.id}, within="staff_read"),
        "throttle_count": Rows(100, {"key": words.secret, "count": "1", "expires_at": "4102444800"}),
        "form_use": Rows(100, {"id": words.id, "answer": words.blob, "at": ago(1)}),
        "unsent_form": Rows(100, typed),
    }


def _orders(words: Words) -> dict[str, Rows]:
    order = {
        "kind": "'tickets'", "days": "90", "made_at": words.ago(100), "starts_at": words.ago(90),
        "here_at": words.ago(50), "asked": "0", "looks": "0",
    }  # fmt: skip
    return {"standing_order": Rows(100, {**words.of_person, **order}, once=True)}


def _disputes(words: Words) -> dict[str, Rows]:
    correction = {
        "request_id": "owner", "line": "'ticket'", "record_id": words.id, "field": "'subject'", "before_hash": "'x'",
        "after": "'Looms'", "proposed_at": words.ago(60),
    }  # fmt: skip
    statement = {
        "subject_id": "owner", "line": "'ticket'", "record_id": words.id, "field": "'subject'", "body": "'Looms'",
        "stated_at": words.ago(60),
    }  # fmt: skip
    return {
        "statement": Rows(100, {"id": words.id, **statement}),
        "correction": Rows(1000, {"id": words.id, **correction}, within="request"),
    }


def _organisations(words: Words) -> dict[str, Rows]:
    ago = words.ago
    organisation = {"id": "owner", "name": "'Looms ' || n", "created_at": ago(900), "asks_second_factor": "false"}
    # Each has the id of its Owner: so the rows of the others find both.
    within = {"id": words.id, "organisation_id": "owner"}
    invitation = {
        "email": EMAIL, "email_key": "'invited' || i || '@example.com'", "role": "'member'", "language": "'en'",
        "invited_by": "owner", "sent_at": ago(3),
    }  # fmt: skip
    call = {
        "call_id": words.id, "organisation_id": "owner", "name": "'Looms ' || n", "by_id": "owner",
        "product": "'production'", "asked_at": ago(3),
    }  # fmt: skip
    hand_over = {"offered_by": "owner", "offered_to": "owner", "leaves": "false", "offered_at": ago(3)}
    join_domain = {"domain": "'looms' || i || '.example'", "opened_by": "owner", "opened_at": ago(90)}
    return {
        "join_domain": Rows(100, {**within, **join_domain}, once=True),
        "join_request": Rows(100, {**within, "person_id": "owner", "requested_at": ago(30)}, once=True),
        "hand_over": Rows(100, {**within, **hand_over}, once=True),
        "organisation": Rows(200, organisation, once=True),
        "dissolution_call": Rows(200, call, once=True),
        "membership": Rows(200, {**within, "person_id": "owner", "role": "'owner'", "joined_at": ago(900)}, once=True),
        "invitation": Rows(200, {**within, **invitation}, once=True),
        "organisation_entry": Rows(
            5000,
            {**within, "at": ago(700), "deed": "'invited'", "by_id": "owner", "role": "'member'"},
            within="organisation",
        ),
    }


def _dissolutions(words: Words) -> dict[str, Rows]:
    within = {"id": words.id, "organisation_id": "owner"}
    waits = {"requested_at": words.ago(3), "due_at": words.ahead(11), "reminders": "0"}
    pack = {"organisation": "'Looms'", "requested_at": words.ago(30), "job_id": words.id, "state": "'ready'", "size": "9"}
    return {
        "dissolution": Rows(100, {**within, **waits, "requested_by": "owner"}, once=True),
        "recovery": Rows(100, {**within, **waits, "person_id": "owner"}, once=True),
        "leaving_pack": Rows(100, {**within, **pack, "requested_by": "owner", "secret_hash": "'x'"}, once=True),
    }


def _licences(words: Words) -> dict[str, Rows]:
    # Each belongs to the organisation of its own Owner, and has their id too: so the machines find it.
    licence = {
        "id": "owner", "organisation_id": "owner", "purchase_id": "'purchase ' || i", "product": "'production-system'",
        "plan": "'workshop'", "seats": "5", "seats_used": "2", "released": "0", "perpetual": "true",
        "granted_at": words.ago(900), "file": "'signed'",
    }  # fmt: skip
    activation = {
        "id": words.id, "licence_id": "owner", "machine": f"substr({words.secret}, 1, 32)", "file": "'signed'",
        "activated_at": words.ago(800),
    }  # fmt: skip
    return {"licence": Rows(200, licence, once=True), "activation": Rows(2000, activation, within="licence")}


def _disabling(words: Words) -> dict[str, Rows]:
    at = words.ago(700)
    disabling = {"state": "'lifted'", "rule": "'spam'", "reason": "'Spam.'", "proposed_at": at, "ended_at": at}
    return {"disabling": Rows(100, {**words.of_person, **disabling}, once=True)}


def _rights(words: Words) -> dict[str, Rows]:
    ago = words.ago
    export = {"job_id": words.id, "state": "'ready'", "requested_at": ago(7), "ready_at": ago(7), "size": "9"}
    deletion = {
        "number": "'D' || i", "state": "'undone'", "requested_at": ago(700), "due_at": ago(700), "ended_at": ago(700),
        "gone": "'{}'",
    }  # fmt: skip
    request = {
        "reference": "'Q' || i", "kind": "CASE WHEN i % 2 = 0 THEN 'copy' ELSE 'complaint' END", "source": "'form'",
        "state": "'closed'", "outcome": "'done'", "reason": "'answered'", "subject_id": EACH_SECOND,
        "email": EMAIL, "email_key": f"CASE WHEN i % 2 = 1 THEN {EMAIL} END", "language": "'en'", "message": "'All of it.'",
        "answer": "''", "received_at": ago(700), "due_at": ago(670), "verified_at": ago(700), "closed_at": ago(690),
        "answered_in": "i", "code_tries": "0", "alarms": "0",
    }  # fmt: skip
    file = {
        "request_id": "owner", "file_key": words.secret, "name": "'a.pdf'", "kind": "'pdf'", "size": "9",
        "added_at": ago(60),
    }  # fmt: skip
    hold = {
        "subject_id": "owner", "line": "'ticket'", "record_id": words.id, "columns": "'[]'", "ground": "'bug'", "law": "''",
        "reason": "'Zips'", "set_at": ago(100), "release_at": words.ahead(100),
    }  # fmt: skip
    step = {
        "deletion_id": "owner", "place": "0", "kind": "'product'", "target": "'production'", "by_hand": "false",
        "state": "'confirmed'", "call_id": words.id, "tries": "1", "confirmed_at": ago(700), "confirmed_by": "'answer'",
    }  # fmt: skip
    call = {
        "product": "'production'", "tells": "'account.deleted'", "made_at": ago(7), "tries": "1", "accepted_at": ago(7),
        "confirmed_at": ago(7), "confirmed_by": "'answer'",
    }  # fmt: skip
    return {
        "hold": Rows(100, {"id": words.id, **hold}),
        "request": Rows(100, {"id": words.id, **request}),
        "request_file": Rows(1000, {"id": words.id, **file}, within="request"),
        "export": Rows(100, {**words.of_person, **export, "secret_hash": "'x'"}),
        "deletion": Rows(100, {**words.of_person, **deletion}),
        "erasure_step": Rows(1000, {"id": words.id, **step}, within="deletion"),
        "product_call": Rows(100, {"id": words.id, **call}),
    }
