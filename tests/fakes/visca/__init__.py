"""A VISCA camera for tests: real bytes over real lines, with faults played on demand."""
