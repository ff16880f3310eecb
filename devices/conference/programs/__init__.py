"""Meetings in installed programs: a managed browser, or the platform's own client."""
