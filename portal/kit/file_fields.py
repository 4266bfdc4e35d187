"""Fields for files. What they say about sizes is looked at in the browser, before anything is sent; we look again."""

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField, FileRequired, MultipleFileField

from portal.kit.forms import Sentence
from portal.kit.i18n import _l

NAME = "{name}"
"""What stands for a file's name in the sentence that a browser says."""


def one(label: Sentence, *, accept: Iterable[str], most: int, too_large: Sentence) -> FileField:
    """Make a field for one file of at most `most` bytes; `too_large` is the sentence when it has more.

    `accept` names the endings that the file dialogue offers, and proves nothing.
    """
    said = {"data_each": most, "data_too_large": too_large}
    return FileField(label, validators=[FileRequired(_l("Choose a file."))], render_kw=_chosen(accept, said))


def several(
    label: Sentence, *, accept: Iterable[str], hint: Sentence, each: tuple[int, Sentence], together: tuple[int, Sentence]
) -> MultipleFileField:
    """Make a field for files: the most bytes of `each` and of all `together`, and what is said of more (see `NAME`)."""
    said = {"data_each": each[0], "data_too_large": each[1], "data_together": together[0], "data_too_much": together[1]}
    return MultipleFileField(label, description=hint, render_kw=_chosen(accept, said))


def _chosen(accept: Iterable[str], said: dict[str, Any]) -> dict[str, Any]:
    return {"accept": ",".join(accept), **said}
