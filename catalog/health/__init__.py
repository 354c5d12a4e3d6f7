"""How ready a project is for contributors: checks with a result, an evidence and a cure, and their score."""
