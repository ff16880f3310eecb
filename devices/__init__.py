"""How each machine of the room is spoken to; nothing here knows the room."""
