"""Named data sets and folders of one's own: download, checksum, cache, and which files are held out."""
