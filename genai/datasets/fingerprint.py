"""The fingerprint of a data set: what was made from the data tells by it whether the data is still the same."""

import hashlib

from torch import Tensor


def fingerprint(*parts: str | Tensor) -> str:
    """Return the SHA-256, in hexadecimal, of texts and tensors in this order; of tensors with type and shape."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            kind = "text"
            content = part.encode("utf-8", "surrogatepass")
        else:
            kind = f"{part.dtype} {tuple(part.shape)}"
            content = part.numpy(force=True).tobytes()
        digest.update(f"{kind} {len(content)}\n".encode())  # the length keeps neighbouring parts apart
        digest.update(content)
    return digest.hexdigest()
