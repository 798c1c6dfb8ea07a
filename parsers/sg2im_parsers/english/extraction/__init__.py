"""From a tree to things, what is said of them, and relations between them."""
