"""What people and code hosts may send: addresses, webhooks, markup and search queries."""

import json

from tests.hostile.corpus.readmes import XSS
from tests.hostile.corpus.writer import CANARY

URLS = """rejected|ext::sh -c 'touch {C}/u1'|transport helper
rejected|EXT::sh -c x|transport helper, case
rejected|fd::17/foo|transport helper
rejected|::x|empty helper name
rejected|--upload-pack=touch {C}/u2|option
rejected|-u touch|option
rejected|--config=core.sshCommand=touch {C}/u3|option
rejected|-oProxyCommand=touch {C}/u5:x|ssh option in scp form
rejected|git@-oProxyCommand=x:a/b|ssh option in scp form with a user
rejected|ssh://git@host:-p22/x|port not a number
rejected|/etc|local path
rejected|../../var/lib|relative path
rejected|~root/x|home
rejected|\\\\evil.example\\share\\x|UNC path
rejected|//evil.example/x|scheme-relative
rejected|http://127.0.0.1:6379/|loopback
rejected|http://LOCALHOST./x|loopback name, trailing dot
rejected|http://169.254.169.254/latest/meta-data/|cloud metadata
rejected|http://[fd00:ec2::254]/x|cloud metadata v6
rejected|http://[::1]/x|loopback v6
rejected|http://[::]/x|unspecified v6
rejected|http://0.0.0.0/x|unspecified
rejected|http://[::ffff:7f00:1]/x|mapped v4, hex
rejected|http://[64:ff9b::7f00:1]/x|NAT64
rejected|http://0x7f.1/x|hex short form
rejected|http://0177.0.0.1/x|octal
rejected|http://127.1/x|short form
rejected|http://127.0.0.1.nip.io/x|name that resolves to loopback
rejected|http://224.0.0.1/x|multicast
rejected|http://100.64.0.1/x|carrier-grade NAT
rejected|git://localhost:22/x|git protocol
rejected|https://corp.example/x\\r\\nX-Evil: 1|CRLF (write as real bytes)
rejected|https://corp.example/a\\0b|NUL (write as real bytes)
rejected|gopher://corp.example/x|scheme
rejected|rsync://corp.example/x|scheme
rejected|javascript:alert(1)|scheme
rejected|data:text/plain,x|scheme
rejected|https://user:p%40ss@corp.example/x.git|credentials in the URL: refused or moved to the secret store, never logged or shown
rejected|https://ghp_token@corp.example/x.git|token as user
rejected|https://corp.example@127.0.0.1/x|userinfo confusion
rejected|https://corp.example#@127.0.0.1/x|fragment confusion
rejected|https://corp.example:99999/x|port range
rejected|https://corp.example:22/x|port of another service
rejected|https://|nothing
rejected|https://c\u043erp.example/x|homoglyph (Cyrillic o)
rejected|https://xn--/x|bad punycode
rejected|https://corp\u3002example/x|ideographic full stop
rejected|https://corp.example/../../x|dot segments
rejected|https://corp.example/%2e%2e/%2e%2e/x|encoded dot segments
rejected|$HOME/x|environment expansion (GHSA-rwj8-pgh3-r573)
rejected|https://$SECRET_KEY.evil.example/x|environment expansion
rejected|{LONG}|10,000 characters
rejected|   |blank
ok|https://CORP.example/Team/Repo.git|normalises to the same repository as the next
ok|https://corp.example/Team/Repo|same repository
ok|https://corp.example:443/Team/Repo.git/|same repository
ok|ssh://git@corp.example/team/repo.git|allowed if the admin allows ssh
ok|git@corp.example:team/repo.git|scp form, same as the one before
ok|https://corp.example/team/r%C3%A9po.git|non-ASCII path"""

WEBHOOKS = [
    ("no signature", 401),
    ("wrong signature", 401),
    ("signature of another repository's secret", 401),
    ("sha1 only", 401),
    ("right signature, body changed by one byte", 401),
    ("right signature, not JSON", 400),
    ("right, JSON but a list", 400),
    ("right, 26 MB", 413),
    ("right, unknown repository (same answer and time as wrong signature)", 401),
    ("right, delivered twice (same delivery id)", 200),
    ("right, 500 in one second for one repository -> at most 2 syncs", 200),
    ("right, clone_url differs from the registered URL (must be ignored)", 200),
    ("right, ref is '--upload-pack=x'", 200),
    ("right, repository.full_name with '../' or %2f", 200),
    ("GitLab token header equal but for case", 401),
    ("Gitea event sent to the GitHub endpoint", 400),
    ("right, for a restricted repository: nothing in the answer", 200),
    ("Content-Type form with payload=", 200),
    ("gzip body that unpacks to 1 GB", 413),
    ("ping event", 200),
]


QUERIES = [
    "",
    "*",
    "a*",
    "?" * 500,
    "(" * 5000,
    "a OR " * 5000,
    '"',
    "\0",
    "title:",
    "NOT",
    "a^99999999",
    "a~",
    "[a TO",
    "{a TO z}",
    "date:[0 TO 99999999999999999999]",
    "\u202e",
    "'; DROP TABLE x;--",
    "%",
    "_%" * 2000,
    "\\",
    "a & | ! <->",
    "owner:restricted*",
    "x" * 100000,
    "\ud83d",
    "id:1 OR id:2",
]


def address_rows():
    """Addresses that somebody may type in, each with its verdict and the reason."""
    text = URLS.replace("{C}", CANARY).replace("{LONG}", "https://corp.example/" + "a" * 10000)
    rows = [dict(zip(("verdict", "url", "why"), line.split("|", 2), strict=True)) for line in text.split("\n")]
    for r in rows:
        if "(write as real bytes)" in r["why"]:
            r["url"] = r["url"].replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0")
    return rows


def inputs(dest):
    dest.mkdir(parents=True, exist_ok=True)
    rows = address_rows()
    write(dest / "urls.json", rows)
    write(dest / "webhooks.json", [{"case": c, "status": s} for c, s in WEBHOOKS])
    write(dest / "xss.json", XSS)
    write(dest / "queries.json", QUERIES)


def write(path, rows):
    path.write_text(json.dumps(rows, indent=1))
