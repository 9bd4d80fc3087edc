"""The page as a whole: layout, theme, launch, and what is patched in Gradio."""
