"""Staff have no power by default: what is theirs is said by types and recorded, and both are held here."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Iterator
from importlib import import_module

from portal.kit.actor import Actor, Staff
from tests.rules.source import Function, Module, dotted, modules, roles

# Who asks whether somebody may pass as staff.
GATES = {"portal/kit/access.py"}


def verbs() -> Iterator[tuple[Module, Function]]:
    """Yield every function of a service, public or not."""
    for module in roles("service"):
        yield from ((module, node) for node in module.functions())


def takes_staff(verb: Function) -> bool:
    """Tell whether a function's `by` is declared as staff."""
    return any(each.arg == "by" and dotted(each.annotation or verb) == "Staff" for each in verb.args.kwonlyargs)


def is_for_staff(verb: Function) -> bool:
    """Tell whether a function says for which roles it is."""
    return any(isinstance(each, ast.Call) and dotted(each.func) == "for_staff" for each in verb.decorator_list)


def faults(found: list[tuple[Module, Function]]) -> list[str]:
    """Name the public verbs that take staff and say not whom, and those that say whom and take anybody."""
    public = [(module, verb) for module, verb in found if not verb.name.startswith("_")]
    return [f"{module.at(verb)} {verb.name}" for module, verb in public if takes_staff(verb) != is_for_staff(verb)]


def test_a_verb_that_takes_staff_says_in_which_roles_and_the_other_way_round():
    found = list(verbs())
    assert [verb.name for _module, verb in found if takes_staff(verb)]
    assert faults(found) == []


def test_the_rule_sees_a_verb_that_forgot_one_of_the_two():
    source = """
@for_staff(Role.SUPPORT)
def right(*, by: Staff): ...
def mute(*, by: Staff): ...
@for_staff(Role.SUPPORT)
def loose(*, by: Actor): ...
def _helper(by: Staff): ...
"""
    module = Module(roles("service")[0].path, 0, ast.parse(source))
    assert [fault.split()[-1] for fault in faults([(module, verb) for verb in module.functions()])] == ["mute", "loose"]


def test_what_a_verb_of_staff_takes_is_what_only_the_gate_makes():
    """By the true types, since mypy checks each call against them: an actor is no `Staff`, whatever its name is here."""
    assert not issubclass(Actor, Staff)
    for module, verb in verbs():
        if takes_staff(verb) and is_for_staff(verb):
            real = inspect.unwrap(getattr(import_module(module.name), verb.name))
            assert typing.get_type_hints(real)["by"] is Staff


def test_only_the_gate_admits_anybody():
    asked = {
        str(module.path) for module in modules() for call in module.calls() if dotted(call.func).split(".")[-1] == "admit"
    }
    assert asked == GATES


# Who says who acts: whatever calls it could write as somebody else (P09).
SAY_WHO_ACTS = {
    "portal/kit/web.py": "whoever the gate let in",
    "portal/kit/commands.py": "the command, in its role",
    "portal/jobs/worker.py": "the job, in its role",
    "portal/traffic/service/recorder.py": "a thread of its own that notes visits",
    "portal/kit/staff_writes.py": "tries what the guard refuses",
}


def test_only_those_who_open_units_say_who_acts():
    found = {
        str(module.path)
        for module in modules()
        for call in module.calls()
        if dotted(call.func).split(".")[-1] == "acting_as"
    }
    assert found == set(SAY_WHO_ACTS)


# What a verb of staff may return without a record: nothing in it was written by a customer, or says who one is.
SAYS_NOTHING_OF_A_CUSTOMER = {
    "None": "nothing",
    "uuid.UUID": "an id",
    "str": "what stands for somebody in an address, sealed",
    "list[OpenStep]": "which deletion waits for whom",
    "list[OpenCall]": "which product waits with a dissolved organisation, not with which",
    "DueDates": "how many requests are due on which day",
    "int": "a count",
    "list[CaseLine]": "which rules are said to be broken, and what waits: tests/disabling holds that the list names nobody",
    "list[HoldLine]": "what kinds of records are held, on which grounds and until when, not whose they are",
    "Place | None": "an id and an instant, or that there is none",
    "paging.Page[RequestLine]": "rights and dates: tests/privacy/test_requests.py holds that nothing in a line is personal",
    "View": "which tickets a list shows: a reference that was asked for, or the hash of an email address",
}

# What staff pages ask of other areas besides the verbs of staff.
ASKED_BY_THE_CONSOLE = {
    "support.count_queues": "counts",
    "support.view_of": "which tickets a list shows, as its address says",
    "privacy.Right": "a word of a list, as a form says it",
    "privacy.PauseReason": "the same",
    "privacy.Outcome": "the same",
    "privacy.Reason": "the same",
    "privacy.endings_of": "how a request that a recorded read has handed out may end",
    "privacy.Proposal": "what the officer said",
    "privacy.mark_of": "what stands for corrections that a recorded read has handed out",
    "privacy.can_carry_out": "whether such a request may be carried out",
    "privacy.subject_of": "whose records a sealed word in the address stands for: an id or an address, not shown",
    "privacy.find_line": "a line of the register",
    "privacy.fields_of": "the names of a line's fields",
    "privacy.Terms": "what the officer said",
    "privacy.HoldGround": "a word of a list, as a form says it",
    "products.Evidence": "a word of a list, as a form says it",
    "disabling.Rule": "the rules of the Terms, and one of them as a form says it",
    "jobs.count_failed": "a count",
    "jobs.oldest_wait": "a length of time",
    "support.RemovalReason": "a word of a list, as a form says it",
    "support.ticket_of": "an id, of a row that a recorded read has handed out",
    "support.open_file": "of a row that a recorded read has handed out",
    "support.media_type_of": "of a row that a recorded read has handed out",
}


def records(verb: Function) -> bool:
    """Tell whether a function records a read itself."""
    return any(isinstance(node, ast.Call) and dotted(node.func) == "staff_reads.record" for node in ast.walk(verb))


def unrecorded(found: list[tuple[Module, Function]]) -> list[str]:
    """Name the verbs of staff that hand out something of a customer's without a record."""
    return [
        f"{module.at(verb)} {verb.name}"
        for module, verb in found
        if is_for_staff(verb)
        and (verb.returns is None or ast.unparse(verb.returns) not in SAYS_NOTHING_OF_A_CUSTOMER)
        and not records(verb)
    ]


def test_whatever_staff_are_shown_of_a_customer_is_recorded():
    found = list(verbs())
    assert {verb.name for _module, verb in found if records(verb)} >= {"read_ticket", "read_list", "read_attachment"}
    assert unrecorded(found) == []


def test_the_rule_sees_a_verb_that_hands_out_unrecorded():
    source = """
@for_staff(Role.SUPPORT)
def read_ticket(*, by: Staff) -> Conversation:
    staff_reads.record(Ticket, by=by)
@for_staff(Role.SUPPORT)
def peek(*, by: Staff) -> Ticket: ...
@for_staff(Role.SUPPORT)
def untyped(*, by: Staff): ...
@for_staff(Role.SUPPORT)
def close(*, by: Staff) -> None: ...
"""
    module = Module(roles("service")[0].path, 0, ast.parse(source))
    found = [(module, verb) for verb in module.functions()]
    assert [fault.split()[-1] for fault in unrecorded(found)] == ["peek", "untyped"]


def asked_by_the_console(module: Module) -> set[str]:
    """Return what a module of staff pages asks of other areas: each name below a service that it imports."""
    services = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal.")
        for alias in node.names
        if alias.name == "service"
    }
    return {dotted(call.func) for call in module.calls() if dotted(call.func).split(".")[0] in services}


def test_the_console_asks_only_verbs_of_staff_and_what_says_nothing_of_a_customer():
    """By the type of `by`, a verb of staff takes nobody else: so what is asked without it is listed with its reason."""
    own = {f"{module.area}.{verb.name}" for module, verb in verbs() if is_for_staff(verb)}
    console = [module for module in roles("routes") if module.area == "admin"]
    asked = {name for module in console for name in asked_by_the_console(module)}
    assert asked & own
    assert asked - own == set(ASKED_BY_THE_CONSOLE)


def test_the_rule_sees_a_customers_verb_in_the_console():
    source = "from portal.support import service as support\nsupport.ticket_for(actor, ticket_id)"
    module = Module(roles("routes")[0].path, 0, ast.parse(source))
    assert asked_by_the_console(module) == {"support.ticket_for"}
