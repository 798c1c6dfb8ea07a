"""From images to scenes in the numbers of a vocabulary, and the graphs that are drawn from them."""
