"""What a piece of sound is: levels, loudness, faults, voices, chirps. Pure: samples in, figures out."""
