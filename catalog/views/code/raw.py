"""The raw bytes of a file at a commit. They never run in the portal's origin."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from catalog.files import LARGEST_FILE
from catalog.guides.text import is_binary
from catalog.models import Project
from catalog.revisions import is_shown, mirror_of
from catalog.views.access import visible_project
from catalog.views.code.kinds import IMAGES, SVG, ending
from catalog.views.paths import path_after
from forge import reading
from forge.errors import ForgeError
from forge.types import Blob, shown

RAW_SIZE = LARGEST_FILE
RAW_SECONDS = 300  # A browser may keep raw bytes so long; whoever lost the right to see them keeps them no longer.


@require_safe
@visible_project
def raw(request: HttpRequest, project: Project, commit: str, path: str) -> HttpResponse:
    """The bytes of a file at a commit that is shown, as nothing that a browser would run."""
    del path
    wanted = path_after(request, f"/raw/{commit}/")
    try:
        found = raw_blob(project, commit, wanted)
    except ForgeError as error:
        raise Http404(error.message) from None
    if found is None or found.size is None:
        raise Http404("There is no such file.")
    if found.data is None:
        return guarded(
            HttpResponse(
                f"This file is larger than {RAW_SIZE // 1_000_000} MB. Clone the repository to get it.\n",
                content_type="text/plain; charset=utf-8",
                status=413,
            )
        )
    etag = f'"{found.id}"'
    if request.headers.get("If-None-Match") == etag:
        return guarded(HttpResponseNotModified(headers={"ETag": etag}))
    response = HttpResponse(found.data, headers=headers_of(wanted, found.data))
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={RAW_SECONDS}"
    return guarded(response)


def raw_blob(project: Project, commit: str, path: str) -> Blob | None:
    mirror = mirror_of(project)
    if not is_shown(project, mirror, commit):
        return None
    found = reading.blob_at(mirror, commit, path, max_size=RAW_SIZE)
    return found[1] if found else None


def headers_of(path: str, data: bytes) -> dict[str, str]:
    """Images that cannot carry script are shown, text is plain text, all else is for download."""
    kind = ending(path)
    if kind in IMAGES:
        return {"Content-Type": IMAGES[kind]}
    name = shown(path.rpartition("/")[2])
    download = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    if kind == SVG:
        # As the source of an image it is drawn and runs nothing; opened by itself it is a download.
        return {"Content-Type": "image/svg+xml", **download}
    if is_binary(data) or b"\0" in data[:8192]:
        return {"Content-Type": "application/octet-stream", **download}
    return {"Content-Type": "text/plain; charset=utf-8"}


def guarded(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
