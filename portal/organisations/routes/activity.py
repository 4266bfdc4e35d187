"""What happened in an organisation, for its Owners: to read, and as a file."""

import uuid
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from flask import Blueprint, Response, request

from portal.kit import access, spreadsheets
from portal.kit.downloads import download
from portal.kit.i18n import _
from portal.kit.templating import render
from portal.organisations import service

bp = Blueprint("activity", __name__)
IN_MEMORY = 1024 * 1024


@bp.get("/organisation/<uuid:organisation_id>/activity")
@access.owner
def activity(organisation_id: uuid.UUID) -> str:
    """List what was done in the organisation, newest first."""
    page = service.entries_for(access.actor(), organisation_id, after=request.args.get("after"))
    return render("organisations/activity.html", entries=page)


@bp.get("/organisation/<uuid:organisation_id>/activity.csv")
@access.fresh_owner
def activity_file(organisation_id: uuid.UUID) -> Response:
    """Hand out the whole log as a file for spreadsheets."""
    file = cast("BinaryIO", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 (the answer closes it once it is sent)
    for line in spreadsheets.lines(_rows(service.file_for(access.actor(), organisation_id))):
        file.write(line.encode())
    file.seek(0)
    return download(file, name="activity.csv", media_type="text/csv; charset=utf-8")


def _rows(lines: Iterator[service.Line]) -> Iterator[Sequence[str]]:
    yield [_("When"), _("What")]
    for line in lines:
        yield [line.at.isoformat(timespec="seconds"), line.sentence]
