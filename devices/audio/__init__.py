"""Microphones, loudspeakers and the system's own mute: measured, never assumed."""
