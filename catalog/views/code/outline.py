"""The symbols that a file defines, each a way to its line."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog import texts
from catalog.guides.outline import has_outline
from catalog.guides.text import decode
from catalog.views.code.here import Here, NothingHere, code_answer, code_page
from forge import reading


@code_page("outline")
def outline(request: HttpRequest, here: Here) -> HttpResponse:
    entry = here.entry()
    if entry is None or entry.type != "blob" or not has_outline(here.path):
        raise NothingHere
    blob = reading.blob(here.mirror, entry.id, max_size=texts.LARGEST)
    decoded = decode(blob.data) if blob.data is not None else None
    symbols = texts.outline(here.project, blob, decoded.text, here.path) if decoded else ()
    context = {"symbols": symbols, "is_waiting": symbols is None}
    return code_answer(request, here, "catalog/code/outline.html", context, part="catalog/code/_outline.html")
