"""Whether a request could have produced a text: the text is read, and each random draw is replayed against it."""

import torch

from genai.text.decoding.odds import SamplingDistribution
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, start_draft, tokens_read


@torch.inference_mode()
def could_write(model: TextModel, request: TextRequest, written: str, tolerance: float) -> bool:
    """Return whether a request's random numbers choose each character of a text, up to an error of the logits.

    A device that computes in another precision shifts the probabilities a little. Where a random number falls near
    the border of two characters, the other one is chosen, and a different text follows. Such a text cannot be
    compared with one generated here; but each of its characters can be tested against the probabilities after the
    characters before it.

    Args:
        model: On any device.
        request: Prompt, settings and seed.
        written: What came after the prompt, at most as long as a request may ask for.
        tolerance: Largest error of a logit.
    """
    if not written:
        return True
    if model.vocabulary.unknown(written):
        return False
    draft = start_draft(model, request)
    tokens = torch.cat([tokens_read(model, draft.request), model.vocabulary.encode(written)])
    logits = model.network(tokens[None, :-1].to(model.device))[0][0, -len(written) :].cpu()  # (N, V)
    distribution = SamplingDistribution.of([draft.request])
    probabilities, characters = distribution.probabilities(logits)
    ordered = logits.gather(1, characters)
    own = logits.gather(1, tokens[-len(written) :, None])
    # Characters as likely as this one, within the tolerance, may come before it or after it in the sorted order.
    low = (probabilities * (ordered > own + tolerance)).sum(dim=1)
    high = (probabilities * (ordered >= own - tolerance)).sum(dim=1)
    uniforms = draft.uniforms[: len(written)]
    margin = tolerance / distribution.divisor[0]
    return bool(((low - margin <= uniforms) & (uniforms <= high + margin)).all())
