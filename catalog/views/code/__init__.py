"""The pages on which the code of a project is read."""
