"""Peers that speak the real protocols."""
