"""Named data sets and your own folders: download, checksum, cache, and the held-out items."""
