import string

import pytest

from forge.diagnosis import diagnose
from forge.errors import ERRORS, ForgeError


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_has_a_sentence_and_a_cure(code: str) -> None:
    wanted = {field for part in ERRORS[code] for _, field, _, _ in string.Formatter().parse(part) if field}
    error = ForgeError(code, **dict.fromkeys(wanted, "x"))
    assert str(error).endswith(".") and error.cure.endswith(".")


def test_unknown_code_fails_at_once() -> None:
    with pytest.raises(KeyError):
        ForgeError("no_such_code")


def test_text_of_strangers_is_cut_and_made_visible() -> None:
    message = ForgeError("branch_unknown", branch="a\u202e\n" + "b" * 500).message
    assert message.isprintable() and len(message) < 300


def test_braces_in_a_name_are_only_braces() -> None:
    assert "{0}" in ForgeError("branch_unknown", branch="{0}").message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("error: object " + "a" * 40 + ": hasDotgit: contains '.git'", "fsck_hasDotgit"),
        ("remote: error: object " + "a" * 40 + ": hasDotgit: x\nfatal: early EOF", "corrupt"),
        ("fatal: repository 'https://h/x/' not found", "gone"),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", "auth_required"),
        ("fatal: unable to access 'https://h/': Could not resolve host: h", "unreachable"),
        ("fatal: unable to access 'https://h/': server certificate verification failed", "certificate"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "host_key"),
        ("fatal: unable to write file: No space left on device", "disk_full"),
        ("fatal: detected dubious ownership in repository at '/x'", "not_owned"),
        ("fatal: something new", "git_failed"),
    ],
)
def test_words_of_git_become_a_code(text: str, code: str) -> None:
    assert diagnose(text, returncode=128, host="h").code == code
