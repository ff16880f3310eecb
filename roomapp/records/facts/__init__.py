"""What the papers say, folded purely from the journal's rows: what was not recorded stays empty, nothing is guessed."""
