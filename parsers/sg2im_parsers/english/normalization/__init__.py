"""From a text as it is written to one that a pipeline reads well."""
