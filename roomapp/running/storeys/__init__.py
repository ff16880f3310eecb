"""The room in storeys, each of which needs the one below: what a person can ask in one part of a meeting's life."""
