"""The documentation of a repository as something to read: what belongs to it, in which order, and what it says.

Pure functions: paths and texts in, frozen dataclasses out. What they read was written by strangers.
"""
