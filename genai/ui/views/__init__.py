"""The views that show results, and the questions they ask the server."""
