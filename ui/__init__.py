"""Where people come in: the screen and the command line; Qt lives here only."""
