"""PTZ cameras over ONVIF, and how they are found on the network."""
