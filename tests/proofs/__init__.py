"""Long proofs, run by hand and by CI at night."""
