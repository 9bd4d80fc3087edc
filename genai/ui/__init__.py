"""The page: components, theme, languages, and what all tabs share."""
