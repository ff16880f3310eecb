"""The law as pure values: no clock, no disk but the rule pack itself."""
