"""Vào họp: the page, and what it asks before it joins."""
