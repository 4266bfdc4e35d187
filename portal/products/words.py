"""What the values of calls to products mean, to whoever reads their own data."""

from portal.kit.claims import AreaWords, facts
from portal.kit.i18n import _l
from portal.products.models import EVIDENCE

AREA_WORDS = AreaWords(
    events={"products.confirmed_by_staff": _l("Our team confirmed that a product deleted an organisation’s data")},
    facts=facts(call=_l("ID of the order to delete"), product=_l("Product"), evidence=(_l("How we know"), EVIDENCE)),
)
