"""Recording what is heard in the room: two sources side by side, in files that outlive a kill."""
