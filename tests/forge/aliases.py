"""Commands of the shell that git runs."""


def alias(command: str) -> list[str]:
    """Git itself runs the command, as a hook or a transport helper would be run."""
    return ["-c", f"alias.x=!{command}", "x"]
