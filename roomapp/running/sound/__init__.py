"""The sound check before a meeting, what it says, and the room's own baselines."""
