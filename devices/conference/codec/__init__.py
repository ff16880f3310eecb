"""The road `codec`: a hardware codec beside the PC, that is only told what to do and asked what is."""
