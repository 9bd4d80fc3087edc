"""Libraries that are needed only to prepare a data set or to evaluate a model."""

import importlib
from types import ModuleType

from genai.errors import DataError


def import_optional(module: str, install: str) -> ModuleType:
    """Import a library that may not be installed.

    Args:
        module: Name of the Python module.
        install: Arguments of `pip install` that the error names.

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
