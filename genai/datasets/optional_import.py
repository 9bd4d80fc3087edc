"""Libraries that only the preparation of a data set needs."""

import importlib
from types import ModuleType

from genai.errors import DataError


def import_optional(module: str, install: str) -> ModuleType:
    """Import a library that may not be there.

    Args:
        module: Its name in Python.
        install: What follows `pip install`.

    Raises:
        DataError: if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise DataError(
            "Preparing this data set needs {module}, which is not installed: pip install {install}",
            module=module,
            install=install,
        ) from error
