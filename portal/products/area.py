"""What this folder gives the house."""

from portal.kit.area import Area
from portal.products.claim import CLAIM
from portal.products.jobs import JOBS
from portal.products.routes import bp

AREA = Area(name="products", claim=CLAIM, blueprint=bp, jobs=JOBS)
