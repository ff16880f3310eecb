"""Room profiles of tests, in parts that are put one after another."""

SITE = """schema = 1
[site]
code = "TQ-SM-01"
name = "Xã Suối Mây"
kind = "commune"
unit = "UBND xã Suối Mây"
rules = "ha-giang"
"""
SOUND = """
[[microphone]]
id = "table"
name = "Micro bàn họp"
device = "room_mic"
[[loudspeaker]]
id = "room"
name = "Loa phòng họp"
device = "room_speaker"
"""
FIXED_CAMERA = """
[[camera]]
id = "main"
name = "Camera chính"
driver = "fixed"
[[seat]]
id = "toan-canh"
name = "Toàn cảnh"
camera = "main"
overview = true
"""
