"""The part of the Learn tab in which one trains a model."""
