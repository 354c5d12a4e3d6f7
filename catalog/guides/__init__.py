"""Readers of the documents that tell people how to use a project and how to contribute to it.

Pure functions: bytes or text in, frozen dataclasses out. What they read was written by strangers.
"""
