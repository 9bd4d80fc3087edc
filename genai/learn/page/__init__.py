"""What the parts of the Learn tab share in the browser."""
