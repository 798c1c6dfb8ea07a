"""A table that is searched where it lies answers as a dictionary does."""

from hypothesis import given
from hypothesis import strategies as st

from sg2im_parsers.sorted_table import SortedTable

WORDS = st.text("abcé #", min_size=1, max_size=6)


@given(st.dictionaries(WORDS, st.text("xyz ", max_size=4)), st.lists(WORDS), st.booleans())
def test_it_finds_what_a_dictionary_finds(known, others, ends):
    rows = sorted(word.encode() + (f"\t{value}".encode() if value else b"") for word, value in known.items())
    rows.sort(key=lambda row: row.partition(b"\t")[0])
    table = SortedTable(b"\n".join(rows) + (b"\n" if ends and rows else b""))
    for word in (*known, *others, "", "zzz", "\ud800"):
        assert table.find(word) == known.get(word)
