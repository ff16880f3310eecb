"""Working time and what it obliges to: deadlines, duties, clashes; pure."""
