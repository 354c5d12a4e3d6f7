"""What a report of an error leaves out, on the debug page as well as in what is sent to operators."""

from __future__ import annotations

import re
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

#: Names of variables and of form fields whose values are never repeated. A wide net costs a report little.
HIDDEN = re.compile(
    r"token|secret|passw|credential|cipher|header|\benv\b|\bextra\b|\bconfig\b|variables|key", re.I
)


class NoSecrets(SafeExceptionReporterFilter):
    """Hides by name, whether or not somebody thought of marking a function as sensitive."""

    hidden_settings = re.compile(f"{SafeExceptionReporterFilter.hidden_settings.pattern}|CREDENTIAL|URL", re.I)

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        found = dict(super().get_post_parameters(request).items()) if request is not None else {}
        return {name: self.shown(name, value) for name, value in found.items()}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> Any:
        found = super().get_traceback_frame_variables(request, tb_frame)
        return [(name, self.shown(name, value)) for name, value in found]

    def shown(self, name: str, value: object) -> object:
        return self.cleansed_substitute if HIDDEN.search(name) else value
