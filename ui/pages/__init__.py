"""The pages, in the order of a meeting's life."""
