"""The registers: folded from the journal, taken over from files, reported on and merged."""
