"""The page as a whole: layout, theme, launch, and patches of Gradio."""
