"""Tests of what the room knows and does."""
