"""A random walk over orders and faults of the microphone interlock, against real sound, with an independent ear."""
