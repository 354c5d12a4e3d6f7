"""How long it takes from the word of a code host to a page that shows the new commit, with an idle worker.

    python bench/freshness.py [--rounds 10] [--json FILE]

The whole portal runs as `manage.py serve` starts it, in a folder and on a port of its own. Each round commits to a
repository, brings its sync forward as a delivery does, and asks for the project's page until it shows the words.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import ground, stage

TARGET = 10.0  # seconds


def parsed() -> argparse.Namespace:
    parser = ground.parser(__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


def shows(url: str, words: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own page.
            return words in answer.read().decode()
    except OSError:
        return False


def main() -> None:
    options = parsed()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ.update(PORT=str(port), DEMO="no", DISK_RESERVE="0")
    var = ground.prepare()
    from catalog.actions.sources import add_source
    from catalog.actions.syncing import bring_forward
    from tests.repos import add_commit

    source = stage.build(var / "sources" / "fresh.git", commits=50)
    project = add_source(str(source)).new[0]
    url = f"http://127.0.0.1:{port}{project.get_absolute_url()}"
    times = []
    with (var / "serve.log").open("ab") as log:
        portal = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ground.ROOT, env=os.environ,
                                  stdout=log, stderr=log, start_new_session=True)  # fmt: skip
        try:
            if not stage.wait(lambda: shows(url, "Words about it."), 120):
                raise SystemExit((var / "serve.log").read_text()[-3000:])
            for number in range(options.rounds):
                # The worker is idle, and the last sync is long enough ago that none is put off, but for the last.
                time.sleep(0 if number == options.rounds - 1 else 8)
                words = f"The words of round {number}."
                add_commit(source, files={"README.md": f"# Fresh\n\n{words}\n"})
                start = time.perf_counter()
                bring_forward(project)
                stage.wait(lambda words=words: shows(url, words), 60, pause=0.02)
                times.append(time.perf_counter() - start)
        finally:
            os.killpg(portal.pid, signal.SIGINT)
            portal.wait(30)
    *idle, again = times
    print(
        f"from a delivery to the fresh page: {statistics.median(idle):.2f} s (median), {max(idle):.2f} s at most"
    )
    print(f"for one that comes just after a sync: {again:.2f} s (target {TARGET:.0f} s)")
    ground.save({"idle": idle, "just after": again}, options.json)
    shutil.rmtree(var, ignore_errors=True)
    sys.exit(max(times) > TARGET)


if __name__ == "__main__":
    main()
