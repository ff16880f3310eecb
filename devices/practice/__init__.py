"""The practice room: devices that speak the real protocols on loopback."""
