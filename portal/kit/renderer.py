"""Rendering what is no page: emails, downloads, parts of pages that are the same whoever asks.

Nobody's request is known here, so nothing of one can get in.
"""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from portal.kit import i18n
from portal.kit.running import Installed, this_app

COMPANY = Installed[object]("company")
"""The company's facts, for emails and the footers of pages."""


def render(template: str, **values: Any) -> str:
    """Render a text in the language that is spoken now."""
    return this_app().jinja_env.get_template(template).render(**values, **shared())


def part(template: str, **values: Any) -> Markup:
    """Render a part of a page, which is not escaped again."""
    return Markup(render(template, **values))  # noqa: S704 (the template has escaped what stands in it)


def stream(template: str, **values: Any) -> Iterator[str]:
    """Render a long text piece by piece: nothing of it is held but the present row."""
    yield from this_app().jinja_env.get_template(template).generate(**values, **shared())


def shared() -> dict[str, Any]:
    """Return what every template may use."""
    return {"company": COMPANY.get(), "language_tag": i18n.tag()}
