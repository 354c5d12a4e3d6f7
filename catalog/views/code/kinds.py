"""What a file is, by the ending of its name."""

from pathlib import PurePosixPath

#: Those that cannot carry script, by what a browser is told that they are.
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
SVG = ".svg"


def ending(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
