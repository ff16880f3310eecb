"""What goes on while a meeting is on: the call, the microphone, a lost link, and the trial before it."""
