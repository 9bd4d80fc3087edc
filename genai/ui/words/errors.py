"""Errors as the page shows them: a sentence in both languages."""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import NotRequired, ParamSpec, TypedDict, TypeVar

import gradio as gr

from genai.errors import GenaiError
from genai.inference.out_of_memory import is_out_of_memory, out_of_memory_error
from genai.language.strings import CHINESE, ENGLISH, FOLDER, Bilingual, both

log = logging.getLogger(__name__)
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class Offer(TypedDict):
    """A way out of an error: what its button says, and the link that the button opens."""

    label: Bilingual
    link: str


class ErrorAnswer(TypedDict):
    """The answer to a question that could not be answered; the view shows the sentence and the offers."""

    sentence: Bilingual
    offers: NotRequired[list[Offer]]


@cache
def chinese() -> Mapping[str, str]:
    """Chinese templates by English templates."""
    templates: dict[str, str] = json.loads((FOLDER / "errors.zh-CN.json").read_text(encoding="utf-8"))
    return templates


def sentence(error: Exception) -> Bilingual:
    """Return the message for an error; anything but a GenaiError is a bug, which is logged and called one."""
    if is_out_of_memory(error):
        error = out_of_memory_error()
    if not isinstance(error, GenaiError):
        log.error("A bug: this should not have been raised", exc_info=error)
        return both("bug")
    values = {name: _translated(value) for name, value in error.values.items()}
    return {ENGLISH: str(error), CHINESE: str(_translated(error.template)).format(**values)}


def _translated(value: object) -> object:
    """The Chinese for a template, for words in both languages, or for one of ours such as "a whole number"."""
    if isinstance(value, dict):
        return value.get(CHINESE, value[ENGLISH])
    return chinese().get(value, value) if isinstance(value, str) else value


def answer_errors(question: Callable[Parameters, Answer]) -> Callable[Parameters, Answer | ErrorAnswer]:
    """Make a view's question return an ErrorAnswer instead of raising."""

    @functools.wraps(question)
    def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer | ErrorAnswer:
        try:
            return question(*args, **kwargs)
        except Exception as error:
            return {"sentence": sentence(error)}

    return answer


def http_errors(function: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Make an HTTP endpoint raise gr.Error with the English sentence."""

    @functools.wraps(function)
    def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise gr.Error(sentence(error)[ENGLISH], print_exception=False) from error

    return answer
