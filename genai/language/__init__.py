"""The page's text in English and Simplified Chinese."""
