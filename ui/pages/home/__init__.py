"""Hôm nay: the next thing, what is late, what clashes, and the banner that reminds."""
