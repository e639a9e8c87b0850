"""All that is needed to answer from an existing knowledge base."""
