"""A row about two people: what an erasure of one does, for each of the four ways, and what the other one keeps."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import MetaData, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from portal.kit import clock as time
from portal.kit.audit import AuditEntry
from portal.kit.claims import (
    UNTIL_ERASED,
    BlankColumns,
    DataClaim,
    DeleteRow,
    ExemptFromErasure,
    ExemptWhile,
    Ground,
    Party,
    Register,
    RetainFor,
    RetainUntil,
    RetainWith,
    Subject,
    Table,
    of_subjects,
    personal,
    technical,
)
from portal.kit.db import Base, UtcDateTime, db

pytestmark = pytest.mark.both_databases

ADA, BEN = Subject(uuid.UUID(int=1)), Subject(uuid.UUID(int=2))


class LabBase(DeclarativeBase):
    """Tables of this module alone: the portal's own know nothing of them."""

    type_annotation_map = {datetime: UtcDateTime}


class Sale(LabBase):
    """Something that one person sold to another."""

    __tablename__ = "lab_sale"

    id: Mapped[int] = mapped_column(primary_key=True)
    buyer_id: Mapped[uuid.UUID | None]
    buyer_note: Mapped[str] = mapped_column(String(20), default="a gift")
    seller_id: Mapped[uuid.UUID | None]
    seller_note: Mapped[str] = mapped_column(String(20), default="sold cheaply")
    ends_at: Mapped[datetime]
    disputed: Mapped[bool | None]


COLUMNS = {
    "id": technical("Number"),
    "buyer_id": personal("Buyer"),
    "buyer_note": personal("Note"),
    "seller_id": personal("Seller"),
    "seller_note": personal("Note of the seller"),
    "ends_at": technical("Ends"),
    "disputed": technical("Disputed"),
}
BLANK_SELLER = BlankColumns({"seller_id": None, "seller_note": ""}, "The sale stays, without you.")
SELLER = Party(
    of_subjects(person=Sale.seller_id),
    on_erasure=BLANK_SELLER,
    name="seller",
    what="What you sold",
    shows={"id": "Number", "seller_id": "You", "seller_note": "Your note"},
    withheld="It’s the buyer’s.",
)
ENDS = RetainUntil("ends_at", "Until its end")
bought = of_subjects(person=Sale.buyer_id)


def a_register(*parties: Party, retention=ENDS, **more) -> Register:
    words = {"what": "Sales", "purpose": "To sell.", "ground": Ground.CONTRACT}
    table = Table(Sale, **words, retention=retention, columns=COLUMNS, parties=parties, **more)
    return Register([DataClaim(area="lab", tables=[table])])


@pytest.fixture
def sales(app, unit):
    """Ada bought 1 and 2, both of Ben; Ben bought 3 of Ada."""
    with app.app_context():
        LabBase.metadata.drop_all(db.engine)
        LabBase.metadata.create_all(db.engine)
    ends_at = time.now() + timedelta(days=10)
    ada, ben = ADA.person_id, BEN.person_id
    with unit():
        for number, buyer, seller in ((1, ada, ben), (2, ada, ben), (3, ben, ada)):
            db.session.add(Sale(id=number, buyer_id=buyer, seller_id=seller, ends_at=ends_at))
    yield
    with app.app_context():
        LabBase.metadata.drop_all(db.engine)


def erase(unit, register: Register, subject: Subject) -> dict[str, int]:
    """Carry out an erasure row by row, and return what was done in all. It ends, and leaves nothing to do."""
    done: dict[str, int] = {}
    for _piece in range(20):
        with unit():
            gone = register.erase(subject, batch=1)
        if not gone:
            break
        done = {name: done.get(name, 0) + gone.get(name, 0) for name in {**done, **gone}}
    with unit():
        assert register.residue(subject) == []
    return done


def copy(unit, register: Register, subject: Subject) -> dict[str, list[dict]]:
    """Return what a copy holds, by line of the register."""
    with unit():
        return {each.name: sorted(each, key=lambda row: row["id"]) for each in register.export(subject)}


def stored(unit) -> list[int]:
    with unit():
        return sorted(db.session.scalars(select(Sale.id)))


def test_delete_the_row_takes_it_from_both(unit, sales):
    register = a_register(Party(bought), SELLER)
    assert erase(unit, register, ADA) == {"lab_sale": 2, "lab_sale-seller": 1}
    assert stored(unit) == [3]


def test_blank_columns_empties_what_is_one_partys_and_the_others_copy_still_holds_the_rest(unit, sales):
    register = a_register(Party(bought), SELLER)
    before = copy(unit, register, ADA)["lab_sale"]
    assert erase(unit, register, BEN) == {"lab_sale": 1, "lab_sale-seller": 2}
    assert stored(unit) == [1, 2]
    after = copy(unit, register, ADA)["lab_sale"]
    assert after == [{**row, "seller_id": None, "seller_note": ""} for row in before]
    assert [row["buyer_note"] for row in after] == ["a gift", "a gift"]


def test_each_party_sees_in_its_copy_what_is_theirs_and_hears_what_is_left_out(unit, sales):
    register = a_register(Party(bought), SELLER)
    copied = copy(unit, register, BEN)
    assert [row["id"] for row in copied["lab_sale"]] == [3]
    assert copied["lab_sale-seller"] == [
        {"id": number, "seller_id": str(BEN.person_id), "seller_note": "sold cheaply"} for number in (1, 2)
    ]
    with unit():
        (seen,) = [each for each in register.export(BEN) if each.name == "lab_sale-seller"]
        assert set(seen.withheld) == {"buyer_id", "buyer_note", "ends_at", "disputed"}
        assert {row.name: rows for row, rows in register.held(BEN)} == {"lab_sale": 1, "lab_sale-seller": 2}


def test_blanking_goes_on_to_its_end_where_the_row_is_found_by_another_column(unit, sales):
    register = a_register(Party(bought, on_erasure=BlankColumns({"buyer_note": ""}, "The sale stays.")))
    assert erase(unit, register, ADA) == {"lab_sale": 2}
    assert {row["buyer_note"] for row in copy(unit, register, ADA)["lab_sale"]} == {""}


def test_retain_until_a_date_outlives_the_erasure_and_no_more_than_the_date(unit, sales, clock):
    register = a_register(Party(bought, on_erasure=ExemptFromErasure("The law asks for it.")), SELLER)
    assert erase(unit, register, ADA) == {"lab_sale-seller": 1}
    with unit():
        ((row, rows),) = register.retained(ADA)
        assert (row.name, row.on_erasure, row.kept, rows) == ("lab_sale", "The law asks for it.", "Until its end", 2)
        assert register.sweep() == {}
    clock.forward(days=11)
    with unit():
        assert register.sweep() == {"lab_sale": 3}


DISPUTED = ExemptWhile("There is a dispute about it.", where=lambda: Sale.disputed)


def test_hold_keeps_a_row_from_every_erasure_and_every_sweep_until_the_reason_is_gone(unit, sales, clock):
    register = a_register(Party(bought), SELLER, Party(bought, on_erasure=DISPUTED, name="dispute", what="Disputes"))
    with unit():
        db.session.get(Sale, 1).disputed = True
    assert erase(unit, register, BEN) == {"lab_sale": 1, "lab_sale-seller": 1}
    assert erase(unit, register, ADA) == {"lab_sale": 1}
    assert stored(unit) == [1]
    with unit():
        assert [(row.name, rows) for row, rows in register.retained(ADA)] == [("lab_sale-dispute", 1)]
        assert db.session.get(Sale, 1).seller_note == "sold cheaply"
    clock.forward(days=11)
    with unit():
        assert register.sweep() == register.count_ended(grace=timedelta()) == {}
        db.session.get(Sale, 1).disputed = False
    with unit():
        assert register.sweep() == {"lab_sale": 1}


def test_a_party_that_is_not_told_is_erased_all_the_same_and_stands_in_no_count_and_no_copy(unit, sales):
    told_nothing = Party(SELLER.whose, BLANK_SELLER, "seller", "Sales", SELLER.shows, "x", undisclosed="It would warn them.")
    register = a_register(Party(bought), told_nothing)
    assert set(copy(unit, register, BEN)) == {"lab_sale"}
    with unit():
        assert {row.name for row, _rows in register.held(BEN)} == {"lab_sale"}
        assert [(row.name, why) for row, why in register.undisclosed()] == [("lab_sale-seller", "It would warn them.")]
    done = erase(unit, register, BEN)
    assert done["lab_sale-seller"] == 2
    with unit():
        assert register.disclosed(done) == {"lab_sale": 1}


def test_the_register_says_for_each_party_what_is_theirs_and_what_an_erasure_does(app):
    register = a_register(Party(bought), SELLER)
    with app.app_context():
        buyer, seller = register.rows()
    assert (buyer.name, buyer.effect, buyer.on_erasure) == ("lab_sale", "deleted", "Deleted")
    assert (seller.name, seller.effect, seller.on_erasure) == ("lab_sale-seller", "blanked", BLANK_SELLER.words)
    assert (seller.what, seller.personal) == ("What you sold", ["You", "Your note"])


UNFIT = {
    "two parties named 'seller'": {"parties": [SELLER, SELLER]},
    "an erasure blanks colour, which is not stored": {"action": BlankColumns({"colour": ""}, "x")},
    "an erasure empties buyer_note, which must hold something": {"action": BlankColumns({"buyer_note": None}, "x")},
    "an erasure blanks nothing": {"action": BlankColumns({}, "x")},
    "exempt from erasure until a date that no rule sets": {"action": ExemptFromErasure("x"), "retention": UNTIL_ERASED},
    "exempt without a date, but a rule sets one": {"action": ExemptWhile("x")},
    "exempt while a reason stands, and nothing ends it afterwards": {"action": DISPUTED, "retention": UNTIL_ERASED},
    "kept with audit_entry, but by no cascading key": {"action": DeleteRow(), "retention": RetainWith(AuditEntry, "x")},
    "shows colour, which is not stored": {
        "parties": [Party(bought, name="b", what="x", shows={"colour": "x"}, withheld="x")]
    },
    "some columns are left out without a word why": {"parties": [Party(bought, name="b", what="x", shows={})]},
    "without a name that a person understands": {"parties": [Party(bought, name="b")]},
    "found through shop, of which nobody is told": {"parties": [Party(bought, through="shop")]},
}


@pytest.mark.parametrize("fault", UNFIT)
def test_a_party_that_contradicts_itself_or_its_table_is_a_fault_of_the_register(one_lab, fault):
    how = UNFIT[fault]
    register = a_register(
        *how.get("parties", [Party(bought, on_erasure=how.get("action"))]), retention=how.get("retention", ENDS)
    )
    with one_lab.app_context():
        faults = [each for each in register.faults(MetaData()) if each.endswith(f": {fault}")]
    assert len(faults) == 1, register.faults(MetaData())


def test_rows_that_are_never_changed_are_not_blanked(one_lab):
    from portal.kit.staff_reads import StaffRead

    action = BlankColumns({"role": ""}, "x")
    columns = {name: technical() for name in ("id", "role")}
    table = Table(
        StaffRead, "x", "x", Ground.CONTRACT, RetainFor("audit", since="at"), columns, [Party(bought, on_erasure=action)]
    )
    with one_lab.app_context():
        faults = Register([DataClaim(area="lab", tables=[table])]).faults(MetaData())
    assert "staff_read: an erasure blanks columns of rows that are never changed" in faults


def test_the_portals_own_register_has_no_fault(one_lab):
    from portal.kit.claims import register

    with one_lab.app_context():
        assert register().faults(Base.metadata) == []


def test_an_erasure_looks_at_those_lines_alone_that_were_found_before(unit, sales):
    register = a_register(Party(bought), SELLER)
    with unit():
        assert register.erasable(ADA) == ["lab_sale", "lab_sale-seller"]
        assert register.erase(ADA, lines=["lab_sale"]) == {"lab_sale": 2}
        assert register.erasable(ADA) == ["lab_sale-seller"]
