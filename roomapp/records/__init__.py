"""What is kept: the journal, and what is told from it."""
