"""Roads into a meeting that need no Qt: SIP, hardware codecs, installed programs."""
