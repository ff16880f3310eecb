"""Trong cuộc họp: the page, what it asks before it acts, what else the road can do, what it says."""
