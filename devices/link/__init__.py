"""The lines to the outside: is the way open, and how long does a round trip take?"""
