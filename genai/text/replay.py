"""Whether a request could have produced a text: the text is read, and each random draw is replayed against it."""

from dataclasses import replace

import torch
from torch import Tensor

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
    return could_draw(draft.request, logits, tokens[-len(written) :], draft.uniforms[: len(written)], tolerance)


def could_draw(
    request: TextRequest, logits: Tensor, characters: Tensor, uniforms: Tensor, tolerance: float
) -> bool:
    """Return whether uniform numbers choose characters, up to an error of the logits.

    An error moves a character before or after another one in the sorted order, and into or out of those that are
    drawn from: then the probabilities of all others change too. So the characters that are kept for sure, and those
    that may be kept, give the least and the largest cumulative probability.

    Args:
        request: Its settings of sampling are used.
        logits: (N, V).
        characters: (N,), numbers of the characters.
        uniforms: (N,), float64.
        tolerance: Largest error of a logit.
    """
    # A logit that is wrong by e changes a probability by a factor of at most exp(2 e).
    slack = 2 * tolerance
    widest = SamplingDistribution.of([_with_slack(request, slack)])
    narrowest = SamplingDistribution.of([_with_slack(request, -slack)])
    possible, order = widest.probabilities(logits)
    is_sure = narrowest.probabilities(logits)[0] > 0
    ordered = logits.gather(1, order)
    own = logits.gather(1, characters[:, None])
    sure_share = (possible * is_sure).sum(dim=1)
    low = (possible * (is_sure & (ordered > own + tolerance))).sum(dim=1)
    high = (possible * (ordered >= own - tolerance)).sum(dim=1) / sure_share
    margin = tolerance / widest.divisor[0]
    # At temperature 0 nothing may be kept for sure; any number is then possible.
    return bool(((low - margin <= uniforms) & ((uniforms <= high + margin) | (sure_share == 0))).all())


def _with_slack(request: TextRequest, slack: float) -> TextRequest:
    """Return a request that keeps characters of a little more probability together, or of less."""

    def moved(share: float) -> float:
        return min(1.0, max(1e-6, share + slack)) if share < 1 else share

    return replace(request, top_p=moved(request.top_p), typical_p=moved(request.typical_p))
