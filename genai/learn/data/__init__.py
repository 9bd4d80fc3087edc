"""Own data in a minute: texts, drawings, pictures and sounds of visitors, kept only as long as they are there."""
