"""A server on loopback that speaks as much of the Hugging Face Hub's protocol as downloading needs.

The real client talks to it through ``HF_ENDPOINT``. It can break a download off half way, send another file than the
one it names the checksum of, and it writes down every request.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """One repository with the files of a directory.

    Attributes:
        folder: its files.
        repo: its name.
        kind: model or dataset.
        commit: what its names lead to.
        names: its branches and tags.
        break_off: how many downloads of the weights to cut off half way.
        spoil: whether to send other bytes than the checksum says.
        checksums: whether a file's ETag is its SHA-256, as it is for large files on the Hub.
        refusal: a status and an error code to answer everything with.
        requests: method and path of each request, in order.
    """

    folder: Path
    repo: str = "someone/scenes"
    commit: str = COMMIT
    names: tuple[str, ...] = ("main", "v1")
    kind: str = "model"
    break_off: int = 0
    spoil: bool = False
    checksums: bool = True
    refusal: tuple[int, str] | None = None
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> FakeHub:
        hub = self

        class Handler(_Handler):
            state = hub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        """What HF_ENDPOINT must be."""
        return f"http://127.0.0.1:{self.server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    state: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.state.requests.append((self.command, path))
        parts = path.strip("/").split("/")
        if self.state.refusal is not None:
            status, code = self.state.refusal
            self._json({"error": code}, with_body, status, {"X-Error-Code": code})
        elif parts[:2] == ["api", f"{self.state.kind}s"]:
            self._api("/".join(parts[2:4]), parts[4:], with_body)
        elif self.state.kind == "dataset" and len(parts) >= 6 and (parts[0], parts[3]) == ("datasets", "resolve"):
            self._file("/".join(parts[1:3]), parts[4], "/".join(parts[5:]), with_body)
        elif self.state.kind == "model" and len(parts) >= 5 and parts[2] == "resolve":
            self._file("/".join(parts[:2]), parts[3], "/".join(parts[4:]), with_body)
        else:
            self._json({}, with_body, 404)

    def _known(self, repo: str, revision: str, with_body: bool) -> bool:
        if repo != self.state.repo:
            self._json({"error": "Repository not found"}, with_body, 404, {"X-Error-Code": "RepoNotFound"})
        elif revision not in (*self.state.names, self.state.commit):
            self._json({"error": "Revision not found"}, with_body, 404, {"X-Error-Code": "RevisionNotFound"})
        else:
            return True
        return False

    def _api(self, repo: str, rest: list[str], with_body: bool) -> None:
        revision = rest[1] if len(rest) > 1 else "main"
        if not self._known(repo, revision, with_body):
            return
        root = self.state.folder
        names = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
        if rest[:1] == ["tree"]:
            sizes = {name: (self.state.folder / name).stat().st_size for name in names}
            self._json([{"type": "file", "path": n, "size": s, "oid": "0" * 40} for n, s in sizes.items()], with_body)
        else:
            files = [{"rfilename": name} for name in names]
            self._json({"id": repo, "modelId": repo, "sha": self.state.commit, "siblings": files}, with_body)

    def _file(self, repo: str, revision: str, name: str, with_body: bool) -> None:
        if not self._known(repo, revision, with_body):
            return
        path = self.state.folder / name
        if not path.is_file():
            self._json({"error": "Entry not found"}, with_body, 404, {"X-Error-Code": "EntryNotFound"})
            return
        data = path.read_bytes()
        etag = hashlib.sha256(data).hexdigest() if self.state.checksums else f"{name}-{len(data)}"
        large = name.endswith((".safetensors", ".arrow"))
        if large and self.state.spoil:
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.send_response(200)
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", self.state.commit)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        self.end_headers()
        if with_body and large and self.state.break_off > 0:
            self.state.break_off -= 1
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            self.connection.close()
        elif with_body:
            self.wfile.write(data)
        self.close_connection = True

    def _json(self, value: Any, with_body: bool, status: int = 200, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-Repo-Commit", self.state.commit)
        for key, content in (headers or {}).items():
            self.send_header(key, content)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)
