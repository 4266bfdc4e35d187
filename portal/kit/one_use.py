"""The answer to a form: given once, and given again to whoever sends the same form again."""

import hashlib
import json
from collections.abc import Callable

from flask import Response, flash, g, make_response, redirect, request
from werkzeug.datastructures import FileStorage

from portal.kit import access, form_uses, forms
from portal.kit.form_uses import Answer, Use
from portal.kit.unit import current_unit
from portal.kit.unsent_forms import MARKS
from portal.kit.web import SAFE_METHODS

PIECE = 256 * 1024


def answer(view: Callable[[], Response]) -> Response:
    """Run a view in its unit; a form that was sent before is answered as the first time, and no view runs.

    Raises SentMeanwhile when the same form was sent twice at once and this one comes second: nothing of it stays.
    """
    use = _use()
    if use is None:
        return _finished(view())
    if first := form_uses.find(use):
        return _give_again(first)
    before = access.notices()
    response = _finished(view())
    if response.status_code == 303 and not current_unit().refused:
        said = [(category, str(sentence)) for category, sentence in access.notices()[len(before) :]]
        try:
            form_uses.note(use, Answer(response.location or "", said))
        except form_uses.SentMeanwhile:
            # What it has said is not so.
            access.set_notices(before)
            raise
    return response


def _finished(response: Response) -> Response:
    forms.finish(response)
    return response


def _give_again(first: Answer) -> Response:
    for category, sentence in first.notices:
        flash(sentence, category)
    return make_response(redirect(first.path, code=303))


def _use() -> Use | None:
    """Return the use that this request makes of its form; None for a form that may be sent as often as one likes."""
    if request.method in SAFE_METHODS or g.get("csrf_expired") or g.get("other_person"):
        return None
    mark = request.form.get(forms.FORM_MARK, "")
    return form_uses.use_of(mark, _content()) if forms.SHORTEST_MARK <= len(mark) <= forms.LONGEST_MARK else None


def _content() -> bytes:
    """Return all that tells one sending from another: by whom, to where, what was typed, which files."""
    typed = sorted(each for each in request.form.items(multi=True) if each[0] not in MARKS)
    files = [(name, file.filename, _digest(file)) for name, file in request.files.items(multi=True)]
    return json.dumps([forms.owner_now(), request.path, typed, files]).encode()


def _digest(file: FileStorage) -> str:
    digest = hashlib.sha256()
    while piece := file.stream.read(PIECE):
        digest.update(piece)
    file.stream.seek(0)
    return digest.hexdigest()
