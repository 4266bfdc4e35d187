"""Controls of forms as HTML. The library's own way takes as long for three of them as for the rest of a page.

A page draws each field through WTForms as ever (`{{ field(autocomplete="email") }}`), which asks the form's `Meta`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

from markupsafe import Markup
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, EmailInput, HiddenInput, PasswordInput, Select, TextInput

from portal.kit import clock, i18n

INPUTS = (TextInput, EmailInput, PasswordInput, HiddenInput, CheckboxInput)
"""Widgets whose control is one `<input>` that says no more than `draw` writes."""


def draw(field: Any, asked: Mapping[str, Any]) -> Markup:
    """Return the `<input>` of a field, with the attributes that are asked for; False and None leave one out."""
    widget = field.widget
    own = {"id": field.id, "name": field.name, "type": widget.input_type}
    # What was typed as a password never comes back.
    own["value"] = "" if isinstance(widget, PasswordInput) else field._value()  # noqa: SLF001 (what widgets ask a field for)
    if isinstance(widget, CheckboxInput):
        own["checked"] = bool(getattr(field, "checked", field.data))
    for name in widget.validation_attrs:
        flag = getattr(field.flags, name)
        own[name] = flag() if callable(flag) else flag
    return Markup(f"<input {attributes({**own, **asked})}>")  # noqa: S704 (every value was escaped)


def hidden(values: Mapping[str, str]) -> Markup:
    """Return hidden fields, by name."""
    fields = (f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in values.items())
    return Markup("".join(fields))  # noqa: S704 (every value was escaped)


def attributes(values: Mapping[str, Any]) -> str:
    """Return attributes as HTML: True is the name alone, False and None are nothing, `aria_` and `data_` have hyphens."""
    said = []
    for key, value in values.items():
        name = key.replace("_", "-") if key.startswith(("aria_", "data_")) else key
        if value is True:
            said.append(name)
        elif value is not None and value is not False:
            said.append(f'{name}="{escape(str(value))}"')
    return " ".join(said)


class Options(Select):  # type: ignore[misc]  # WTForms ships no types
    """A list to choose from, drawn once for a language and a day: there are 400 time zones, and each says its offset.

    One that is not `is_steady`, whose options each page says, is drawn each time.
    """

    def __init__(self, *, is_steady: bool = True) -> None:
        super().__init__()
        self._is_steady = is_steady
        self._drawn: dict[tuple[str, date], str] = {}

    def __call__(self, field: SelectField, **asked: Any) -> Markup:
        """Return the `<select>`, with the option marked that is chosen."""
        plain = f'<option value="{escape(str(field.data))}"'
        drawn = self.drawn(field)
        chosen = drawn.replace(f"{plain}>", f"{plain} selected>", 1)
        if chosen == drawn and field.data and not field.validate_choice:
            # What was chosen beside the list stays chosen.
            chosen = f"{plain} selected>{escape(str(field.data))}</option>{drawn}"
        # A list that begins with a value can't be left empty, and HTML lets none be `required` that does.
        begins_empty = not next(iter(field.choices)).value
        own = {"id": field.id, "name": field.name, "required": field.flags.required and begins_empty}
        return Markup(f"<select {attributes({**own, **asked})}>{chosen}</select>")  # noqa: S704 (every value was escaped)

    def drawn(self, field: SelectField) -> str:
        """Return the options, none of them chosen, in the language that is spoken now."""
        if not self._is_steady:
            return options(field)
        now = i18n.code(), clock.today()
        if now not in self._drawn:
            # Those of days that are over go.
            self._drawn = {known: drawn for known, drawn in self._drawn.items() if known[1] == now[1]} | {
                now: options(field)
            }
        return self._drawn[now]


def options(field: SelectField) -> str:
    """Draw the options of a field, none of them chosen."""
    return "".join(_groups(field.choices))


def _groups(choices: Iterable[SelectChoice]) -> Iterator[str]:
    for group, members in groupby(choices, key=lambda each: each.optgroup):
        options = "".join(
            f'<option value="{escape(str(each.value))}">{escape(str(each.label))}</option>' for each in members
        )
        yield options if group is None else f'<optgroup label="{escape(str(group))}">{options}</optgroup>'
