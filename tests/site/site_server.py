"""Serve a folder on a loopback port as a static host would: under a sub-path, gzipped, own 404."""

import gzip
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import unquote, urlsplit

TEXT = {".html", ".css", ".js", ".svg", ".json", ".txt", ".ipynb"}


@cache
def packed(path, modified):
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        root, prefix = self.server.root, self.server.prefix
        path = unquote(urlsplit(self.path).path)
        file = root / path.removeprefix(prefix)
        if file.is_dir():
            file /= "index.html"
        if path.startswith(prefix) and file.is_file():
            self.answer(200, file)
        else:
            self.answer(404, root / "404.html")

    def answer(self, status, file):
        text = file.suffix in TEXT
        body = packed(file, file.stat().st_mtime_ns) if text else file.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", guess_type(file.name)[0] or "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Keep the test's output for the tests."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, root: Path, prefix: str):
        self.root, self.prefix = root, prefix
        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"
        self.base = self.origin + prefix

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()
