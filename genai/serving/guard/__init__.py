"""What stands between the page and the world: limits, headers, and sentences for those who are refused."""
