"""Parts of pages, and whole pages, that say the same to everybody: rendered once, and kept for as long as the portal runs.

What a part depends on stands in its key; the language that is spoken and the policy's periods are in every key. A rule
reads the templates and holds each part to that: no name of a person gets in. What is drawn anew for each answer (a nonce, a
token, the banner, what the last action did) leaves a hole in what is kept, and is drawn whenever the part is shown.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup, escape

from portal.kit import i18n, periods
from portal.kit.running import App, Installed, passing

MOST = 500
"""Parts that are kept at once: those of every page in both languages are fewer."""
_HOLE = re.compile("\0([a-z_]+):([a-z]*)\0")
"""How a hole stands in what is kept. No template, setting or sentence of ours holds a zero byte."""
_SLOT = "keeps_parts"

Draw = Callable[..., str]


@dataclass(frozen=True)
class _Part:
    """What is kept: texts, and between them the holes, each the name of what is drawn there and its argument."""

    texts: list[str]
    holes: list[tuple[str, str]]


_PARTS = Installed[dict[tuple[object, ...], _Part]]("fixed_parts")
_DRAWN = Installed[dict[str, Draw]]("drawn_parts")


def init_app(app: App) -> None:
    """Give templates the block `{% call fixed("name", what it depends on) %}`."""
    _PARTS.install(app, {})
    _DRAWN.install(app, {})
    app.jinja_env.globals["fixed"] = fixed


def drawn(app: App, name: str, draw: Draw) -> None:
    """Give templates `{{ name() }}`, drawn anew for every answer, also inside of what is kept.

    It may take one word as its argument. What it draws is escaped, as all that a template shows.
    """
    _DRAWN.within(app)[name] = draw

    def show(argument: str = "") -> str:
        if keeps():
            return f"\0{name}:{argument}\0"
        return draw(argument) if argument else draw()

    app.jinja_env.globals[name] = show


def fixed(name: str, *depends_on: object, caller: Callable[[], str]) -> Markup:
    """Return a part of a page: as it was rendered first for this key, in the language that is spoken now."""
    parts, key = _PARTS.get(), (name, i18n.code(), periods.lengths(), *depends_on)
    part = parts.get(key)
    if part is None:
        if len(parts) >= MOST:
            # Some depend on the day, or on the last look of the checks: what is gone by is forgotten with the rest.
            parts.clear()
        part = parts[key] = _cut(_kept(caller))
    return Markup(_filled(part))  # noqa: S704 (a template has escaped what stands in it)


def keeps() -> bool:
    """Tell whether a part is being rendered that will be kept."""
    state = passing()
    return state is not None and _SLOT in state


def _kept(caller: Callable[[], str]) -> str:
    state = passing()
    if state is None or _SLOT in state:
        return caller()
    setattr(state, _SLOT, True)
    try:
        return caller()
    finally:
        state.pop(_SLOT)


def _cut(text: str) -> _Part:
    pieces = _HOLE.split(text)
    return _Part(pieces[::3], list(zip(pieces[1::3], pieces[2::3], strict=True)))


def _filled(part: _Part) -> str:
    if not part.holes:
        return part.texts[0]
    if keeps():
        # It stands in a part that is being kept itself.
        holes = [f"\0{name}:{argument}\0" for name, argument in part.holes]
    else:
        tools = _DRAWN.get()
        holes = [escape(tools[name](argument) if argument else tools[name]()) for name, argument in part.holes]
    pieces = [part.texts[0]]
    for hole, text in zip(holes, part.texts[1:], strict=True):
        pieces += (hole, text)
    return "".join(pieces)
