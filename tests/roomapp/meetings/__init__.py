"""Rule packs, the calendar, and meetings from elsewhere."""
