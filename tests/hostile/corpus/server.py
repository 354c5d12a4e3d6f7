"""A code host on loopback that misbehaves in every way that was thought of."""

import json
import os
import time
from http.server import BaseHTTPRequestHandler


class H(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hits = []

    def log_message(self, *a):
        pass

    def send(self, code, body=b"", **h):
        self.send_response(code)
        for k, v in h.items():
            self.send_header(k.replace("_", "-"), v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        p = self.path
        kind = p.strip("/").split("/")[0]

        def pkt(s):
            return b"%04x" % (len(s) + 4) + s

        n = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(n) if n else b""
        if kind == "slow":
            time.sleep(3600)
        elif kind == "drip":
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
            self.end_headers()
            for c in b"001e# service=git-upload-pack\n" * 1000:
                self.wfile.write(bytes([c]))
                self.wfile.flush()
                time.sleep(5)
        elif kind == "garbage":
            self.send(
                200,
                os.urandom(0) + bytes(range(256)) * 64,
                Content_Type="application/x-git-upload-pack-advertisement",
            )
        elif kind == "redir-meta":
            self.send(302, Location="http://169.254.169.254/latest/meta-data/")
        elif kind == "redir-file":
            self.send(302, Location="file:///etc/passwd")
        elif kind == "redir-canary":
            self.send(
                302, Location=f"http://127.0.0.1:{self.server.server_port}/hit/info/refs?service=git-upload-pack"
            )
        elif kind == "hit":
            H.hits.append(p)
            self.send(404)
        elif kind == "hits":
            self.send(200, json.dumps(H.hits).encode())
        elif kind == "auth":
            self.send(401, b"no", WWW_Authenticate='Basic realm="give me your token"')
        elif kind == "html":
            self.send(200, b"<html><form>Please log in</form><script>alert(1)</script>", Content_Type="text/html")
        elif kind == "gone":
            self.send(404, b"Not Found")
        elif kind == "endless":
            self.send_response(200)
            self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
            self.end_headers()
            self.wfile.write(pkt(b"# service=git-upload-pack\n") + b"0000")
            i = 0
            try:
                while i < 50_000_000:
                    self.wfile.write(
                        b"".join(pkt(b"1" * 40 + b" refs/heads/b%012d\n" % (i + k)) for k in range(1000))
                    )
                    i += 1000
            except OSError:
                pass
        elif kind in ("cut", "unborn-traversal"):
            if self.command == "GET":
                self.send(
                    200,
                    pkt(b"# service=git-upload-pack\n")
                    + b"0000"
                    + pkt(b"version 2\n")
                    + pkt(b"ls-refs=unborn\n")
                    + pkt(b"fetch=shallow\n")
                    + pkt(b"object-format=sha1\n")
                    + b"0000",
                    Content_Type="application/x-git-upload-pack-advertisement",
                )
            elif b"command=ls-refs" in body:
                line = (
                    b"unborn HEAD symref-target:refs/heads/../../../hostile_canary_ref\n"
                    if kind != "cut"
                    else b"1" * 40 + b" HEAD symref-target:refs/heads/main\n"
                )
                self.send(
                    200,
                    pkt(line) + (b"" if kind != "cut" else pkt(b"1" * 40 + b" refs/heads/main\n")) + b"0000",
                    Content_Type="application/x-git-upload-pack-result",
                )
            else:
                self.send_response(200)
                self.send_header("Content-Length", "999999")
                self.end_headers()
                self.wfile.write(pkt(b"packfile\n") + pkt(b"\x01PACK\0\0\0\2\0\0\xff\xff"))
                self.close_connection = True
        else:
            self.send(404)

    do_POST = do_HEAD = do_GET
