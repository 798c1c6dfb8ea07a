"""The packaged words, and ways to find them quickly that must find what a plain search finds."""

from hypothesis import given
from hypothesis import strategies as st

from sg2im_parsers.english.word_lists import packaged_phrasebook, word_list, word_lists

BOOK = packaged_phrasebook()
SAID = [*sorted({word for phrases in BOOK.phrases.values() for words, _ in phrases for word in words}), "dog", ","]


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=8))
def test_phrases_are_found_by_their_first_words_in_the_order_of_a_plain_search(words):
    for start in range(len(words)):
        said = [found for found, _ in BOOK.phrases.get(words[start], ()) if tuple(words[start:][: len(found)]) == found]
        known = BOOK.phrases_by_start.get(tuple(words[start : start + 2]), ())
        assert [found for found in known if tuple(words[start:][: len(found)]) == found] == said


def test_several_lists_are_their_words_together():
    assert word_lists("not", "no") == word_list("not") | word_list("no")
