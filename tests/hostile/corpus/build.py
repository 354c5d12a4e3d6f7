"""Builds the corpus, or moves it on to its second state."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from http.server import ThreadingHTTPServer
from pathlib import Path

# Importing the cases registers them.
from tests.hostile.corpus import documents, metadata, more, people, readmes, refs, stores, trees  # noqa: F401
from tests.hostile.corpus.inputs import inputs
from tests.hostile.corpus.server import H
from tests.hostile.corpus.writer import CANARY, CASES, ENV, Scale


def main(arguments):
    """The command line. `python -m tests.hostile.corpus` explains it."""
    if "--serve" in arguments:
        serve(int(arguments[arguments.index("--serve") + 1]))
    dest = Path(arguments[0]).absolute()
    only = arguments[arguments.index("--only") + 1].split(",") if "--only" in arguments else list(CASES)
    if "--step2" in arguments:
        step2(dest, only=only)
        return
    for row in build(dest, only=only, shrink=10 if "--small" in arguments else 1):
        size = row["bytes"] / 1e6
        sys.stdout.write(
            f"{row['name']:22} {size:8.2f} MB {row['seconds']:6.1f}s {row['verdict']:9} {row['must']}\n"
        )


def serve(port):
    server = ThreadingHTTPServer(("127.0.0.1", port), H)
    server.daemon_threads = True
    sys.stdout.write(f"READY {server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


def build(dest, *, only=None, shrink=1):
    """Writes the cases, all by default, and the inputs. Answers the rows of the manifest."""
    Scale.shrink = shrink
    (dest / "repos").mkdir(parents=True, exist_ok=True)
    Path(CANARY).mkdir(exist_ok=True)
    rows = [build_one(name, f"{dest}/repos/{name}.git") for name in only or CASES]
    (dest / "manifest.json").write_text(json.dumps(rows, indent=1))
    inputs(dest / "inputs")
    return rows


def build_one(name, path):
    case = CASES[name]
    shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(path + ".moved", ignore_errors=True)
    began = time.time()
    case["fn"](path)
    state = subprocess.run(["git", "-C", path, "for-each-ref"], env=ENV, capture_output=True).stdout
    state += Path(path, "HEAD").read_bytes()
    size = sum(Path(folder, file).stat().st_size for folder, _, files in os.walk(path) for file in files)
    return {
        "name": name,
        "path": path,
        "verdict": case["verdict"],
        "must": case["must"],
        "observe": case["observe"],
        "two_steps": bool(case["step2"]),
        "bytes": size,
        "seconds": round(time.time() - began, 2),
        "digest": hashlib.sha256(state).hexdigest()[:16],
    }


def step2(dest, *, only=None):
    """The second state of the cases that have one, to be synced again."""
    for name in only or CASES:
        path = Path(dest, "repos", f"{name}.git")
        if CASES[name]["step2"] and path.is_dir():
            CASES[name]["step2"](str(path))
