"""Now: what runs while the room is on."""
