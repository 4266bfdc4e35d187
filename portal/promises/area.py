"""What this folder gives the house."""

from portal.kit.area import Area
from portal.promises.claim import CLAIM
from portal.promises.cli import COMMANDS
from portal.promises.jobs import JOBS
from portal.promises.routes import bp

AREA = Area(name="promises", claim=CLAIM, blueprint=bp, jobs=JOBS, commands=COMMANDS)
