"""JSON as files and standard output have it."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any) -> str:  # noqa: ANN401
    """JSON with letters as they are; with escapes if there is one that UTF-8 cannot hold, as in some file names."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text
