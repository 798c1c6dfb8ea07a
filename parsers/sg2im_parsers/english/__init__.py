"""From a text to a scene graph in its own words."""
