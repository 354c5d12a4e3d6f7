"""What can be counted or recognised in a repository: languages, licence, activity, releases. Pure functions."""
