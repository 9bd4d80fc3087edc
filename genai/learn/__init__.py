"""The Learn tab: networks that learn while one watches."""
