"""How the server of `hub_server` answers: what the real client of the Hub asks, in its words."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import yaml

if TYPE_CHECKING:
    from .hub_server import FakeHub


class Handler(BaseHTTPRequestHandler):
    state: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_POST(self) -> None:
        self._answer(with_body=True)

    def do_PUT(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.state.requests.append((self.command, path))
        parts = path.strip("/").split("/")
        if self.command == "PUT":
            self._store(parts[-1])
            return
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.state.refusal is not None:
            status, code = self.state.refusal
            self._json({"error": code}, with_body, status, {"X-Error-Code": code})
        elif self.command == "POST":
            self._change(parts)
        elif path == "/api/whoami-v2":
            self._whoami()
        elif parts[:2] == ["api", f"{self.state.kind}s"]:
            self._api("/".join(parts[2:4]), parts[4:], with_body)
        elif self.state.kind == "dataset" and len(parts) >= 6 and (parts[0], parts[3]) == ("datasets", "resolve"):
            self._file("/".join(parts[1:3]), parts[4], "/".join(parts[5:]), with_body)
        elif self.state.kind == "model" and len(parts) >= 5 and parts[2] == "resolve":
            self._file("/".join(parts[:2]), parts[3], "/".join(parts[4:]), with_body)
        else:
            self._json({}, with_body, 404)

    @property
    def _user(self) -> str | None:
        """Whose token came with the request."""
        return self.state.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))

    def _whoami(self) -> None:
        if self._user is None:
            self._json({"error": "Invalid username or password."}, True, 401)
        else:
            self._json({"type": "user", "name": self._user, "orgs": []}, True)

    def _known(self, repo: str, revision: str, with_body: bool) -> bool:
        seen = self.state.exists and (not self.state.private or self._user in self.state.writers)
        if repo != self.state.repo or not seen:
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
            whole = {"id": repo, "modelId": repo, "sha": self.state.commit, "private": self.state.private}
            self._json({**whole, "siblings": files}, with_body)

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

    def _change(self, parts: list[str]) -> None:
        """What only an upload asks."""
        if parts == ["api", "validate-yaml"]:
            self._validate(json.loads(self.body)["content"])
        elif self._user not in self.state.writers:
            self._json({"error": "You don't have the rights to do this."}, True, 403)
        elif parts == ["api", "repos", "create"]:
            self._create(json.loads(self.body))
        elif "/".join(parts[2:4]) == self.state.repo and parts[4] == "preupload":
            files = json.loads(self.body)["files"]
            modes = [(f["path"], "lfs" if f["path"].endswith(".safetensors") else "regular") for f in files]
            self._json({"files": [{"path": p, "uploadMode": m, "shouldIgnore": False} for p, m in modes]}, True)
        elif "/".join(parts[2:4]) == self.state.repo and parts[4] == "commit":
            self._commit([json.loads(line) for line in self.body.splitlines()])
        elif "/".join(parts[:2]) == f"{self.state.repo}.git" and parts[-1] == "batch":
            self._batch(json.loads(self.body)["objects"])
        elif parts[:1] == ["verify"]:
            asked = json.loads(self.body)
            whole = len(self.state.stored.get(asked["oid"], b"")) == asked["size"]
            self._json({}, True, 200 if whole else 400)
        else:
            self._json({}, True, 404)

    def _validate(self, card: str) -> None:
        front = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
        data = yaml.safe_load(front[1]) if front else {}
        wrong = self.state.bad_card
        if data.get("license") == "other" and not data.get("license_name"):
            wrong = '"license_name" is required for "other"'
        for name in ("tags", "datasets"):
            if not all(isinstance(item, str) for item in data.get(name, [])):
                wrong = f'"{name}" must be a list of names'
        for model in data.get("model-index", []):
            for result in model["results"]:
                if not {"task", "dataset", "metrics"} <= result.keys() or not result["dataset"].get("type"):
                    wrong = '"model-index" lacks something'
        answer = {"errors": [{"message": wrong}] if wrong else [], "warnings": [{"message": "a piece of advice"}]}
        self._json(answer, True, 400 if wrong else 200)

    def _create(self, asked: dict[str, Any]) -> None:
        if self.state.exists or f"{asked['organization']}/{asked['name']}" != self.state.repo:
            self._json({"error": "You already created this model repo"}, True, 409)
            return
        self.state.exists = True
        self.state.private = asked.get("visibility", "private" if asked.get("private") else "public") == "private"
        self._json({"url": f"{self.state.url}/{self.state.repo}"}, True)

    def _batch(self, objects: list[dict[str, Any]]) -> None:
        url = self.state.url
        actions = {
            item["oid"]: {"upload": {"href": f"{url}/put/{item['oid']}"}, "verify": {"href": f"{url}/verify"}}
            for item in objects
        }
        self._json(
            {"transfer": "basic", "objects": [{**item, "actions": actions[item["oid"]]} for item in objects]}, True
        )

    def _store(self, oid: str) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if self.state.break_uploads > 0:
            self.state.break_uploads -= 1
            self.rfile.read(length // 2)
            self.connection.close()
            self.close_connection = True
            return
        data = self.rfile.read(length)
        assert hashlib.sha256(data).hexdigest() == oid
        self.state.stored[oid] = data
        self._json({}, True)

    def _commit(self, lines: list[dict[str, Any]]) -> None:
        for line in lines[1:]:
            value = line["value"]
            large = line["key"] == "lfsFile"
            data = self.state.stored[value["oid"]] if large else base64.b64decode(value["content"])
            (self.state.folder / value["path"]).write_bytes(data)
        self.state.commit = hashlib.sha1(self.body).hexdigest()
        url = f"{self.state.url}/{self.state.repo}/commit/{self.state.commit}"
        self._json({"commitUrl": url, "commitOid": self.state.commit}, True)

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
