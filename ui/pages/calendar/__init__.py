"""Lịch họp: a meeting by touch alone, its card, its changes, files from a USB stick."""
