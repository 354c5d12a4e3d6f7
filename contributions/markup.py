"""What people write in requests, as safe HTML. Rendering is work, so it is done when somebody writes, and once."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from catalog.guides.render import render
from catalog.models import Project
from contributions.errors import TooLong
from contributions.lifecycle import Verb
from contributions.models import Prose

#: Characters of one text. What is longer belongs into a file.
LONGEST = 10_000
#: Characters of its HTML. What becomes more, such as a text that is one table, is shown as it was written.
LONGEST_HTML = 60_000
#: Verbs whose notes the portal wrote: names of branches and numbers, no Markdown.
PLAIN = frozenset({Verb.OFFER, Verb.REVISE, Verb.MERGE})
#: Counts up when the same text becomes other HTML.
VERSION = 1


def require_short(*texts: str) -> None:
    """Raises TooLong."""
    for text in texts:
        if len(text) > LONGEST:
            raise TooLong(
                "text_too_long",
                f"A text has at most {LONGEST:,} characters, this one has {len(text):,}.",
                "Shorten it, or put what is long into a file of the repository and link it.",
            )


def rendered(texts: Iterable[str], project: Project) -> dict[str, SafeString]:
    """Each text as HTML; relative links lead into the project's files. One query; one more for what is new."""
    files = reverse("catalog:files", args=[project.slug])
    keys = {text: key_of(text, files) for text in texts if text}
    kept = dict(Prose.objects.filter(project=project, key__in=keys.values()).values_list("key", "html"))
    new = {key: html(text, files, key) for text, key in keys.items() if key not in kept}
    rows = [Prose(project=project, key=key, html=made) for key, made in new.items()]
    if rows:
        # Two people may look at the same moment.
        Prose.objects.bulk_create(rows, ignore_conflicts=True)
    found = kept | new
    return {text: mark_safe(found[key]) for text, key in keys.items()}  # noqa: S308 - the renderer sanitised it.


def key_of(text: str, files: str) -> str:
    return sha256(f"{VERSION}\n{files}\n{text}".encode(errors="replace")).hexdigest()


def html(text: str, files: str, key: str) -> str:
    # Several texts stand on one page, and each needs ids of its own for its headings.
    prefix = f"note-{key[:8]}-"
    found = render(text, path="note.md", link_base=files, image_base=files, prefix=prefix).html
    if len(found) <= LONGEST_HTML:
        return found
    return render(text, path="note.txt", link_base=files, image_base=files, prefix=prefix).html
