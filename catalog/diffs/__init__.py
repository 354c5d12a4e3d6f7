"""Differences as people read them: pairs of lines, marks in a line, colours. Pure, and bounded in all it does."""
