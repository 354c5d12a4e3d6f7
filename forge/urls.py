"""Which remotes may be reached: strict parsing, one canonical spelling, addresses checked and pinned.

parse_remote(text, *, folders=()) -> Remote
check_reachable(remote, *, hosts) -> tuple[str, ...]    checked addresses, () for a local folder
"""
