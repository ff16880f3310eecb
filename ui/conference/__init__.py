"""The roads that run in QtWebEngine: its pages, what they may load, and what their counters prove."""
