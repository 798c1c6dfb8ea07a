"""From English to scene graphs, and from a sentence's words to a model's words."""
