"""What the settings pages ask for."""

from portal.kit import forms
from portal.kit.i18n import _l


class Communication(forms.Form):
    """One switch for each reason to write first, and one for learning from what was said (P15)."""

    newsletter = forms.tick(_l("Newsletter"))
    betas = forms.tick(_l("Beta versions"))
    research = forms.tick(_l("Research interviews"))
    follow_up = forms.tick(_l("News about what you reported"))
    error_help = forms.tick(_l("Help when you run into errors"))
    product_improvement = forms.tick(_l("Improving our products"))
