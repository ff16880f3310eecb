"""What a report counts: records, periods, figures; pure."""
