"""A server on loopback that speaks as much of the Hugging Face Hub's protocol as down- and uploading need.

The real client talks to it through ``HF_ENDPOINT``. It can break a download off half way, send another file than the
one it names the checksum of, and it writes down every request.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path

from .hub_requests import Handler

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def hub_environment(home: Path, endpoint: str, offline: bool = False) -> dict[str, str]:
    """What a process needs in its environment to take a server for the Hub, with a cache of its own."""
    proxies = ("http_proxy", "https_proxy", "all_proxy")
    return {
        **{name: value for name, value in os.environ.items() if name.lower() not in proxies},
        "HF_HOME": str(home),
        "HF_ENDPOINT": endpoint,
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_OFFLINE": "1" if offline else "0",
    }


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
        exists: whether the repository is there.
        private: whether it answers only to a token.
        tokens: whose each token is.
        writers: who may make and write repositories of this owner.
        bad_card: what the Hub says is wrong with any card.
        break_uploads: how many uploads of the weights to cut off half way.
        stored: large files that were uploaded, by their SHA-256, before and after they are committed.
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
    exists: bool = True
    private: bool = False
    tokens: dict[str, str] = field(default_factory=lambda: {"hf_ours": "someone", "hf_theirs": "stranger"})
    writers: tuple[str, ...] = ("someone",)
    bad_card: str | None = None
    break_uploads: int = 0
    stored: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> FakeHub:
        hub = self

        class Bound(Handler):
            state = hub

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
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
