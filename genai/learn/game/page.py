"""The page of the game in the plane: what its scripts are given, and the questions that they ask."""

from collections.abc import Sequence
from pathlib import Path

from genai.language.strings import LANGUAGES, Bilingual, both, strings
from genai.learn.game.config import GameConfig
from genai.learn.game.presets import PRESETS
from genai.learn.game.questions import make_questions, pictures
from genai.ui.panel.context import Context
from genai.ui.views.view import view

FOLDER = Path(__file__).parent / "view"
STYLES = ("view", "plane", "controls", "value")
SCRIPTS = (
    "game",
    "phrases",
    "decode",
    "plane",
    "probe",
    "curves",
    "value",
    "transport",
    "settings",
    "twin",
    "presets",
    "slow",
    "draw",
    "dirac",
)

PHRASES = {
    "means": "learn.game.means",
    "progress": "learn.game.progress",
    "progress_twin": "learn.game.progress.twin",
    "speed": "learn.game.speed.wanted",
    "speed_real": "learn.game.speed.real",
    "waiting": "learn.game.waiting",
    "exploded": "learn.game.exploded",
    "sentence": "learn.game.sentence",
    "sentence_modes": "learn.game.sentence.modes",
    "probe": "learn.game.probe",
    "seconds": "learn.game.seconds",
    "drawn": "learn.game.draw.count",
    "dirac_converges": "learn.game.dirac.converges",
    "dirac_circles": "learn.game.dirac.circles",
    "dirac_diverges": "learn.game.dirac.diverges",
    "loss_zero-sum": "learn.game.about.zero_sum",
    "loss_non-saturating": "learn.game.about.non_saturating",
    "loss_hinge": "learn.game.about.hinge",
    "loss_wasserstein": "learn.game.about.wasserstein",
    "loss_relativistic": "learn.game.about.relativistic",
    "name_zero-sum": "learn.game.loss.zero_sum",
    "name_non-saturating": "learn.game.loss.non_saturating",
    "name_hinge": "learn.game.loss.hinge",
    "name_wasserstein": "learn.game.loss.wasserstein",
    "name_relativistic": "learn.game.loss.relativistic",
    "name_alternating": "learn.game.dirac.alternating",
    "name_simultaneous": "learn.game.dirac.simultaneous",
    "name_loss": "learn.game.loss.short",
    "name_generator_rate": "learn.game.generator_rate",
    "name_discriminator_rate": "learn.game.discriminator_rate",
    "name_discriminator_steps": "learn.game.discriminator_steps",
    "name_penalty": "learn.game.penalty",
    "name_optimiser": "learn.game.optimiser",
    "name_order": "learn.game.order",
    "name_width": "learn.game.width",
    "name_batch_size": "learn.game.batch_size",
    "name_latent_size": "learn.game.latent_size",
    "name_seed": "learn.game.seed",
}
"""Strings that a script fills in or writes where no markup can be, by the name that it knows."""

PRESET_WORDS = {
    "healthy": {"title": "learn.game.preset.healthy.title"},
    "circles": {
        "title": "learn.game.preset.circles.title",
        "why": "learn.game.preset.circles.why",
        "cure": "learn.game.preset.circles.cure",
        "cured": "learn.game.preset.circles.cured",
    },
    "collapse": {
        "title": "learn.game.preset.collapse.title",
        "why": "learn.game.preset.collapse.why",
        "cure": "learn.game.preset.collapse.cure",
        "cured": "learn.game.preset.collapse.cured",
    },
    "frozen": {
        "title": "learn.game.preset.frozen.title",
        "why": "learn.game.preset.frozen.why",
        "cure": "learn.game.preset.frozen.cure",
        "cured": "learn.game.preset.frozen.cured",
    },
    "explodes": {
        "title": "learn.game.preset.explodes.title",
        "why": "learn.game.preset.explodes.why",
        "cure": "learn.game.preset.explodes.cure",
        "cured": "learn.game.preset.explodes.cured",
    },
}
"""Of each preset: its title, why it fails, the button that applies the cure, and why that cures it."""


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


def presets() -> list[dict[str, object]]:
    """Return the presets as the page lists them: name, game, the game that cures it, and the words for both.

    The first is the game that everybody begins with, and needs no cure.
    """
    games = [("healthy", str(GameConfig()), None), *((preset.name, preset.game, preset.cure) for preset in PRESETS)]
    return [
        {
            "name": name,
            "game": game,
            "cure": cure,
            "words": {word: both(key) for word, key in PRESET_WORDS[name].items()},
        }
        for name, game, cure in games
    ]


class GamePart:
    """The part of the Learn tab.

    Args:
        context: The server's settings.
    """

    styles: Sequence[Path] = tuple(FOLDER / f"{name}.css" for name in STYLES)

    def __init__(self, context: Context) -> None:
        self._questions = {question.__name__: question for question in make_questions(context.hub)}
        value = {"phrases": phrases(), "presets": presets(), "pictures": pictures()}
        view(
            FOLDER,
            "view",
            value,
            elem_id="learn-game-view",
            parts=[FOLDER / name for name in SCRIPTS],
            questions=list(self._questions.values()),
        )

    def warm_up(self) -> None:
        """Start the process of the games."""
        self._questions["dirac"]({})


def build(context: Context) -> GamePart:
    """Lay out the part."""
    return GamePart(context)
