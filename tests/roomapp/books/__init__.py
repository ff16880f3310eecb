"""The registers: what an entry holds, its files, what they oblige to."""
