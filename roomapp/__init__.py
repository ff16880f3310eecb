"""What the room knows and does: no Qt, no driver."""
