"""Sổ sách: the registers, what is due in them, entries by touch, files from and to a USB stick."""
