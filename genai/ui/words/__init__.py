"""Text for components, errors and the glossary, in both languages."""
