"""Programs that print the figures which docs/performance.md quotes. Each measures its floor in the same run."""
