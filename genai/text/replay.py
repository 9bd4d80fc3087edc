"""Whether some dice could have written a text: it is read, and at each place the dice are held against the odds."""

import torch

from genai.text.decoding.odds import SamplingDistribution
from genai.text.request import TextRequest
from genai.text.sampling import TextModel, start_character, start_draft


@torch.inference_mode()
def could_write(model: TextModel, request: TextRequest, written: str, slack: float) -> bool:
    """Tell whether a request's dice give each character, if the network's logits may be off by some slack.

    A device that computes in other numbers shifts the odds a little. Where the dice fall near a border, another
    character comes of that, and after it another text: it is not to be compared with one made here, but each of its
    characters with the odds after what it says itself.

    Args:
        model: On any device.
        request: Prompt, settings and seed.
        written: What came after the prompt, at most as long as a request may ask for.
        slack: Of each logit.
    """
    if not written:
        return True
    if model.vocabulary.unknown(written):
        return False
    draft = start_draft(model, request)
    prompt = start_character(model.vocabulary) + draft.request.prompt
    tokens = model.vocabulary.encode(prompt + written)
    logits = model.network(tokens[None, :-1].to(model.device))[0][0, -len(written) :].cpu()  # (N, V)
    dice = SamplingDistribution.of([draft.request])
    odds, characters = dice.odds(logits)
    ordered = logits.gather(1, characters)
    own = logits.gather(1, tokens[-len(written) :, None])
    # Characters as likely as this one, but for the slack, may stand before it or after it.
    low = (odds * (ordered > own + slack)).sum(dim=1)
    high = (odds * (ordered >= own - slack)).sum(dim=1)
    thrown, room = draft.thrown[: len(written)], slack / dice.divisor[0]
    return bool(((low - room <= thrown) & (thrown <= high + room)).all())
