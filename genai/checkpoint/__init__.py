"""Self-describing checkpoint files: the format, the header, and networks built from them."""

from genai.checkpoint.file import (
    SHIPPED,
    SUFFIX,
    Entry,
    available,
    check_counts_agree,
    check_modality,
    collect_weights,
    find,
    fingerprint,
    folder_beside,
    load,
    read_header,
    require_folder,
    save,
    select_weights,
    update_header,
)

__all__ = [
    "SHIPPED",
    "SUFFIX",
    "Entry",
    "available",
    "check_counts_agree",
    "check_modality",
    "collect_weights",
    "find",
    "fingerprint",
    "folder_beside",
    "load",
    "read_header",
    "require_folder",
    "save",
    "select_weights",
    "update_header",
]
