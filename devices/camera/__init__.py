"""PTZ cameras and their pictures."""
