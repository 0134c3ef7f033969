"""Looking into a repository: folders, files, history, differences, search; every question to git within bounds."""
