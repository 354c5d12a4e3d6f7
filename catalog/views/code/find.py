"""Going to a file by some letters of its name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from catalog.fuzzy import best
from catalog.views.code.here import Here, Step, code_answer, code_page
from forge import reading
from forge.types import shown

SHOWN = 50


@code_page("find")
def find(request: HttpRequest, here: Here) -> HttpResponse:
    """Every path is looked at anew: it takes git 20 ms for 10,000 of them."""
    wanted = request.GET.get("q", "")[:200]
    names = reading.paths(here.mirror, here.revision.commit) if wanted.strip() else None
    found = best(names.paths, wanted, limit=SHOWN) if names else []
    context = {
        "query": wanted,
        "found": [Step(shown(path), here.file_url(path)) for path in found],
        "is_complete": names is None or names.complete,
        "limit": SHOWN,
    }
    return code_answer(request, here, "catalog/code/find.html", context, part="catalog/code/_found.html")
