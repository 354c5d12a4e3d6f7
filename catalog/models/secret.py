"""A text that is stored encrypted and shown nowhere: the token of a code host, the secret of its webhook."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from forge.errors import ForgeError


def keys() -> MultiFernet:
    """The first key of CREDENTIALS_KEY encrypts, every one of them decrypts."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEY])


class Secret:
    """Only `reveal` says what it is; printed, logged, rendered or pickled it is a row of dots or a cipher.

    It is decrypted when it is needed, so that a page opens in spite of a lost key.
    """

    __slots__ = ("cipher",)

    def __init__(self, cipher: str = "") -> None:
        self.cipher = cipher

    @classmethod
    def of(cls, text: str) -> Secret:
        """No text, no secret."""
        return cls(keys().encrypt(text.encode()).decode("ascii") if text else "")

    def reveal(self) -> str:
        """Raises ForgeError `credential_unreadable` when no key fits."""
        if not self.cipher:
            return ""
        try:
            return keys().decrypt(self.cipher.encode("ascii", "replace")).decode()
        except InvalidToken:
            raise ForgeError("credential_unreadable") from None

    def renewed(self) -> Secret:
        """The same, encrypted with the first key. Raises ForgeError `credential_unreadable`."""
        return Secret.of(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.cipher)

    def __str__(self) -> str:
        return "••••••••" if self.cipher else ""

    def __repr__(self) -> str:
        return f"<Secret: {'set' if self.cipher else 'none'}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.cipher == other.cipher

    def __hash__(self) -> int:
        return hash(self.cipher)


class SecretField(models.TextField[Any, Secret]):
    """Holds a `Secret`; the column holds its cipher. No form and no administration shows it."""

    def __init__(self, **options: Any) -> None:
        options |= {"editable": False, "blank": True, "default": Secret}
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        for fixed in ("editable", "blank", "default"):
            options.pop(fixed, None)
        return name, path, args, options

    def from_db_value(self, value: str | None, *_: object) -> Secret:
        return Secret(value or "")

    def to_python(self, value: Any) -> Secret:
        if isinstance(value, Secret):
            return value
        if value:
            # A plain text here would be stored as it is by a mistake that nobody sees.
            raise TypeError("Make a Secret of it first.")
        return Secret()

    def get_prep_value(self, value: Any) -> str:
        return self.to_python(value).cipher

    def value_to_string(self, obj: models.Model) -> str:
        """A dump of the database holds the cipher."""
        return self.to_python(self.value_from_object(obj)).cipher
