"""What a text model is measured against: n-grams, compression, and properties of its samples."""
