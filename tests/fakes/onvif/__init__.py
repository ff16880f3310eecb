"""The parts of a fake ONVIF camera."""
