"""Seniors on the walk: an account is proposed, disabled by two, appeals, stays disabled, and works again."""

from __future__ import annotations

from tests.language.ready.walk import Reader, Walk

WHY = {"rule": "spam", "reason": "Χίλια μηνύματα."}


def disable_and_lift(walk: Walk) -> None:
    """Have two seniors disable somebody, a third answer the appeal, and one of them lift it."""
    thomai = walk.somebody("Θωμαή", "thomai")
    owner = walk.signed_in(thomai)
    path = owner.submit("/organisation/new", name="Σαΐτες").path
    friend = walk.somebody("Φωφώ", "fofo")
    owner.submit(f"{path}/invitations", email=friend.email, role="member")
    walk.signed_in(friend).submit(walk.outbox.last(friend.email).link("/invitation/"))
    one, two, three = (
        _senior(walk, name, mailbox) for name, mailbox in (("Άλφα", "alfa"), ("Βήτα", "vita"), ("Γάμα", "gama"))
    )
    one.get("/admin/")
    one.get("/admin/disabled")
    for email in ("nobody@example.com", "alfa@example.com", ""):
        one.submit("/admin/disabled", email=email, **WHY)
    case = one.submit("/admin/disabled", email=thomai.email, **WHY).path
    one.submit("/admin/disabled", email=thomai.email, **WHY)
    one.submit(case, action=f"{case}/decline")
    case = one.submit("/admin/disabled", email=thomai.email, **WHY).path
    two.get("/admin/")
    page = two.get(case)
    two.submit(case)
    two.submit(case, sure="y")
    three.send(page, sure="y")
    walk.read_emails()
    reader = walk.signed_in(thomai)
    reader.get("/home")
    reader.submit("/account-disabled/appeal", text="")
    earlier = reader.get("/account-disabled/appeal")
    reader.submit("/account-disabled/appeal", text="Δεν ήμουν εγώ.")
    reader.send(earlier, text="Δεν ήμουν εγώ.")
    two.get("/admin/disabled")
    for senior in (one, three):
        senior.submit(f"{case}/uphold", answer="Ήσασταν.")
    reader.get("/account-disabled")
    reader.get("/settings/privacy/data/disabling")
    three.submit(f"{case}/uphold", answer="Πάλι.")
    walk.read_emails()
    earlier = two.get(f"{case}/lift")
    three.submit(f"{case}/lift", answer="Συγγνώμη.")
    two.send(earlier, answer="Συγγνώμη.")
    three.get(case)
    walk.signed_in(thomai).get("/settings/privacy/who-looked")


def _senior(walk: Walk, name: str, mailbox: str) -> Reader:
    senior = walk.somebody(name, mailbox)
    walk.cast.give_role(senior, "senior")
    walk.cast.give_factor(senior)
    return walk.signed_in(senior, by_second_factor=True)
