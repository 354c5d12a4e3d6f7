"""The pages of contributions: those of a project, one request, and the queue across all projects."""
