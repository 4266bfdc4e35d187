"""The privacy officer on the walk: something is kept longer, renewed, read and released, and its person reads of it."""

from __future__ import annotations

from datetime import timedelta

from portal.kit import clock
from tests.language.ready.walk import Walk


def keep_longer(walk: Walk) -> None:
    """Keep a guest's text and somebody's name, each wrongly at first; renew it, read it, release one."""
    kora, liza = walk.somebody("Κόρα", "kora"), walk.somebody("Λίζα", "liza")
    reader = walk.signed_in(kora)
    reader.get("/settings/privacy/holds")
    walk.cast.give_role(liza, "privacy")
    walk.cast.give_factor(liza)
    officer = walk.signed_in(liza, by_second_factor=True)
    officer.get("/admin/")
    officer.get("/admin/holds")
    officer.submit("/admin/holds", email="nobody@example.com")
    until = str(clock.today() + timedelta(days=9))
    for email, kind, field in (("iris@example.com", "ticket", "subject"), (kora.email, "person", "name")):
        page = officer.submit("/admin/holds", email=email)
        (line,) = [link["href"] for link in page.soup.select("main .ways a") if link["href"].endswith(f"/{kind}")]
        record = officer.get(line).soup.select_one("main .ways a")["href"]
        said = {"fields": field, "ground": "statute", "law": "Νόμος", "reason": "Λόγος", "until": until}
        for wrong in ({"fields": []}, {"law": ""}, {"until": ""}, {"until": "2001-01-01"}, {"until": "2999-01-01"}):
            officer.submit(record, action=record, **{**said, **wrong})
        page = officer.submit(record, action=record, **said)
    officer.get("/admin/holds")
    officer.get(line.replace("/person", "/sign_in_event"))
    officer.submit(f"{page.path}/read", purpose="bug")
    officer.submit(f"{page.path}/read", purpose="statute")
    officer.submit(page.path, action=page.path, until=until, reason="Άλλος λόγος")
    for path in ("/settings/privacy/holds", "/settings/privacy/delete", "/settings/privacy/who-looked"):
        reader.get(path)
    officer.submit(page.path, action=f"{page.path}/release")
