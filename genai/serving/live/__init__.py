"""Live pictures: what changes on the server, sent to everybody who watches it."""
