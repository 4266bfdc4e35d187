"""`portal register` says what the register says: every line, by party, with what an erasure does to it."""

import json

from portal.kit.claims import register


def lines_of(text: str) -> dict[str, str]:
    """Return each line of the register by its name, as the command prints it for people."""
    blocks, name = {}, ""
    for line in text.splitlines():
        if not line.startswith(" "):
            name = line.partition(":")[0]
        blocks[name] = blocks.get(name, "") + line + "\n"
    return blocks


def test_it_prints_every_table_once_for_each_of_its_parties(app, command):
    with app.app_context():
        tables = {f"{claim.area}.{table.name}" for claim, table in register().tables()}
        parties = {f"{holding.claim.area}.{holding.name}" for holding in register().holdings()}
    assert set(lines_of(command("register").stdout)) == tables | parties
    assert {"support.ticket_message-staff", "support.ticket-named"} <= parties


def test_it_says_what_a_deletion_does_for_each_party(command):
    said = lines_of(command("register").stdout)
    assert "on deletion: Deleted" in said["support.ticket_message"]
    assert "on deletion: The reply stays in its customer’s ticket." in said["support.ticket_message-staff"]
    assert "on deletion: It keeps the newsletter from being sent to you" in said["newsletter.newsletter_suppression"]
    assert "on deletion: Nothing: no entry is about anyone" in said["promises.check_result"]


def test_it_says_who_may_write_each_column(command):
    said = lines_of(command("register").stdout)
    assert "staff: They write nothing here." in said["accounts.totp_factor"]
    assert "    password_hash: person\n" in said["accounts.person"]
    assert "staff: Our support staff answer. They can delete a text." in said["support.ticket_message"]
    assert "    body: person, staff.support, staff.senior\n" in said["support.ticket_message"]


def test_programs_read_the_same(command):
    rows = {row["table"] + row["party"]: row for row in json.loads(command("register", "--json").stdout)}
    effects = {name: rows[name]["effect"] for name in ("person", "ticket_messagestaff", "audit_entry", "check_result")}
    assert effects == {
        "person": "deleted", "ticket_messagestaff": "blanked", "audit_entry": "retained", "check_result": "none",
    }  # fmt: skip
    assert rows["ticket_messagestaff"]["personal"] == ["Your account’s ID"]
    assert rows["person"]["writers"]["password_hash"] == ["person"]
    assert rows["totp_factor"]["staff"] == []
