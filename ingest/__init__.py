"""All that turns a source into passages."""
