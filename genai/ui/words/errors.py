"""What the page says when something fails: a sentence, in both languages."""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from genai.errors import GenaiError
from genai.inference.out_of_memory import is_out_of_memory, out_of_memory_error
from genai.language.strings import CHINESE, ENGLISH, FOLDER, Bilingual, both

log = logging.getLogger(__name__)
Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


@cache
def chinese() -> Mapping[str, str]:
    """Chinese templates by English templates."""
    templates: dict[str, str] = json.loads((FOLDER / "errors.zh-CN.json").read_text(encoding="utf-8"))
    return templates


def sentence(error: Exception) -> Bilingual:
    """What to tell the person. Whatever is not a GenaiError is a bug of ours: it goes to the log instead."""
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


def answer_errors(question: Callable[Parameters, dict[str, Any]]) -> Callable[Parameters, dict[str, Any]]:
    """Let a question of a view be answered by a "sentence" where it fails."""

    @functools.wraps(question)
    def tell(*args: Parameters.args, **kwargs: Parameters.kwargs) -> dict[str, Any]:
        try:
            return question(*args, **kwargs)
        except Exception as error:
            return {"sentence": sentence(error)}

    return tell


def http_errors(function: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Let a function of the HTTP interface answer with a sentence where it fails."""

    @functools.wraps(function)
    def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            raise gr.Error(sentence(error)[ENGLISH], print_exception=False) from error

    return answer
