"""Every error of the API has the same shape: a code for programs, a sentence and a cure for people."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

CURES = {
    "not_found": "Check the address. What you may not see answers the same as what does not exist.",
    "not_authenticated": "Send the header Authorization: Token …; manage.py create_token makes one.",
    "authentication_failed": "Send the header Authorization: Token …; manage.py create_token makes one.",
    "permission_denied": "This API reads only. Use the pages to change something.",
    "method_not_allowed": "This API reads only. Use the pages to change something.",
    "search_index_unavailable": "Try again in a minute. An operator can run manage.py rebuild_index.",
    "invalid": "Correct the named parameter. /api/ describes all of them.",
}


class WrongParameter(ValidationError):
    """A query parameter with a value that cannot be understood."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(f"{name}: {sentence}", code="invalid")


class IndexUnavailable(APIException):
    """The search index is missing or torn; the schedule builds it anew."""

    status_code = 503
    default_code = "search_index_unavailable"
    default_detail = "The search cannot be used just now."


def coded(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if not isinstance(error, APIException):
        code, message = (
            ("not_found", "There is nothing here.")
            if response.status_code == 404
            else ("permission_denied", "Not allowed.")
        )
    else:
        code, message = code_and_message(error)
    response.data = {"code": code, "message": message, "cure": CURES.get(code, "")}
    return response


def code_and_message(error: APIException) -> tuple[str, str]:
    detail = error.detail
    while isinstance(detail, (list, dict)):
        detail = detail[0] if isinstance(detail, list) else next(iter(detail.values()))
    return getattr(detail, "code", error.default_code), str(detail)
