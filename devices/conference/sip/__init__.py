"""The road `sip`: baresip beside the program, spoken to over its control socket."""
