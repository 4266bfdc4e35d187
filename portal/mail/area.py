"""What this folder gives the house."""

from portal.kit.area import Area
from portal.mail.claim import CLAIM
from portal.mail.jobs import JOBS
from portal.mail.routes import bp

AREA = Area(name="mail", claim=CLAIM, development_blueprint=bp, jobs=JOBS)
