"""The room's sound on PulseAudio, or on PipeWire in its place: what is there, what is heard, what is muted."""
