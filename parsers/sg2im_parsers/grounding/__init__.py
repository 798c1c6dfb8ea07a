"""From a graph in a sentence's words to one in a model's words, with what became of each word."""
