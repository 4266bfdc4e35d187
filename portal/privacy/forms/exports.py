"""What the form about a copy asks for."""

from wtforms import DateField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.kit import forms
from portal.kit.claims import Chapter
from portal.kit.i18n import _l


class ChooseExport(forms.Form):
    """Which parts of what is held, and of which days. Every part is ticked, and no day limits them."""

    refusals = {"DaysTurnedRound": ("last_on", _l("Choose a day that isn’t before the first one."))}

    parts = SelectMultipleField(
        _l("Parts"),
        choices=[],
        validators=[InputRequired(_l("Choose at least one part."))],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    first_on = DateField(_l("First day"), validators=[Optional()])
    last_on = DateField(_l("Last day"), validators=[Optional()])

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters that are ticked."""
        return tuple(each for each in Chapter if each.value in (self.parts.data or ()))
