"""What this folder gives the house."""

from portal.kit.area import Area
from portal.kit.i18n import _l
from portal.kit.leaving_packs import LeftOut, PackPart
from portal.products.claim import CLAIM
from portal.products.jobs import JOBS
from portal.products.models import ProductCall
from portal.products.routes import bp

IN_PACK = PackPart(
    left_out=[
        LeftOut(ProductCall, _l("What our products are told of a person or of an end. It says nothing that isn’t here."))
    ]
)
AREA = Area(name="products", claim=CLAIM, blueprint=bp, jobs=JOBS, in_pack=IN_PACK)
