"""A conference page of our own, in plain JavaScript over Janus' WebSocket API."""
