"""Guided tours through the tabs, and the glossary that their words open."""
