"""The way from a bare machine to a running kiosk."""
