"""Papers made in the room, the shelves that they are made from, and corrections told beside the record."""
