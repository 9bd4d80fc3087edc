"""What many visitors at once do to the page: commands, each with a short version among the tests."""
