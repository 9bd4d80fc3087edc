"""The room of a class on the page: a view beside the tabs, and the part of the Learn tab that shows it.

The view beside the tabs is always there. It holds the teacher's panel and the phone, and offers `window.lab.room`:

- `isOpen()`: whether this page is a teacher's whose room is open.
- `open()`, `start(activity, settings)`, `act(do, value)`, `end()`: as the teacher's buttons; each returns a promise
  of true where it worked. `start` opens a room where there is none.
- `watch(callback)`: calls back with each state of the room (`room/CODE`), null where there is none, until the
  function that it returns is called.
- `join(code)`: makes the page a phone in a room, without a reload.
- `place(element)`: shows the teacher's panel, with the screen of the activity, within an element of another view.

It may come later than another view: `lab-room-ready` is dispatched on the document when it is there.
`?tab=learn&part=class&alone=NAME` in the address begins one of the `GAMES` below, for one person without a class.
`?room=CODE` in the address makes the page a phone in that room and hides everything else. The page of a teacher
has `#class=CODE.TOKEN`, which browsers send to no server.

An activity NAME is added by

- a module in `activities/` with a class as `Activity` describes it and a function `make`, entered in `ACTIVITIES`;
- `view/NAME.html`, `.js` and `.css`: `view/renderers.js` says what they hold. The comment `<!-- NAME.html -->` in
  `view/view.html` is where the HTML goes;
- an entry in `TITLES` below, and the phrases of its script in `PHRASES`.
"""

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from genai.classroom.activities import Services
from genai.classroom.deck.dealer import Player, players
from genai.classroom.questions import RoomQuestions
from genai.classroom.room import RoomSource
from genai.classroom.rooms import ClassRooms
from genai.language.strings import CHINESE, ENGLISH, LANGUAGES, Bilingual, both, strings
from genai.ui.panel.context import Context
from genai.ui.tour.content import tours
from genai.ui.views.view import ASKING, view

FOLDER = Path(__file__).parent / "view"
TITLES = {
    "poll": "class.activity.poll",
    "real_or_made": "class.activity.real_or_made",
    "fool": "class.activity.fool",
    "next_letter": "class.activity.next_letter",
    "teams": "class.activity.teams",
    "count": "class.activity.count",
}
"""The strings on the buttons of the activities, by name, in the order in which they are offered."""
GAMES = {
    "pictures": ("class.alone.pictures", "real_or_made", {"modality": "image"}),
    "sounds": ("class.alone.sounds", "real_or_made", {"modality": "audio"}),
    "lines": ("class.alone.lines", "real_or_made", {"modality": "text"}),
    "letters": ("class.alone.letters", "next_letter", {"text": "shakespeare"}),
    "poems": ("class.alone.poems", "next_letter", {"text": "tang"}),
    "fool": ("class.alone.fool", "fool", {}),
}
"""What one person can play alone: by the name in an address (`alone=NAME`) title, activity and settings."""
IN_CHINESE = {"lines": "tang"}
"""Model with which a game is played on a page in Chinese, by the game's name."""
PHRASES = {
    "unsent": "class.unsent",
    "no_seat": "class.no_seat",
    "seat": "class.seat",
    "seats": "class.seats",
    "poll_answered": "class.poll.answered",
    "poll_right": "class.poll.right",
    "poll_choose": "class.poll.choose",
    "poll_counted": "class.poll.counted",
    "poll_over": "class.poll.over",
    "poll_was_right": "class.poll.was_right",
    "poll_was_wrong": "class.poll.was_wrong",
    "made_real": "class.made.real",
    "made_made": "class.made.made",
    "made_open": "class.made.open",
    "made_item": "class.made.item",
    "made_play": "class.made.play",
    "made_where": "class.made.where",
    "made_odds": "class.made.odds",
    "made_discriminator": "class.made.discriminator",
    "made_says": "class.made.says",
    "made_says_odds": "class.made.says_odds",
    "made_was_real": "class.made.was_real",
    "made_was_made": "class.made.was_made",
    "made_said_real": "class.made.said_real",
    "made_said_made": "class.made.said_made",
    "made_so_far": "class.made.so_far",
    "made_class": "class.made.class",
    "made_you": "class.made.you",
    "made_look_alone": "class.made.look_alone",
    "made_majority": "class.made.majority",
    "made_wrong": "class.made.wrong",
    "made_advice_right": "class.made.advice_right",
    "made_advice_wrong": "class.made.advice_wrong",
    "made_advised": "class.made.advised",
    "made_alone": "class.made.alone",
    "made_advises": "class.made.advises",
    "made_no_advice": "class.made.no_advice",
    "made_vote": "class.made.vote",
    "made_right": "class.made.right",
    "made_missed": "class.made.missed",
    "made_look": "class.made.look",
    "made_score": "class.made.score",
    "made_final": "class.made.final",
    "made_image": "class.made.image",
    "made_audio": "class.made.audio",
    "made_text": "class.made.text",
    "made_threshold": "class.made.threshold",
    "made_threshold_odds": "class.made.threshold_odds",
    "fool_none": "class.fool.none",
    "fool_place": "class.fool.place",
    "fool_chance": "class.fool.chance",
    "fool_score": "class.fool.score",
    "fool_title": "class.fool.title",
    "fool_title_label": "class.fool.title_label",
    "fool_count": "class.fool.count",
    "fool_rank": "class.fool.rank",
    "fool_rank_over": "class.fool.rank_over",
    "letter_class": "class.letter.class",
    "letter_trigram": "class.letter.trigram",
    "letter_lstm": "class.letter.lstm",
    "letter_asked": "class.letter.asked",
    "letter_end": "class.letter.end",
    "letter_show": "class.letter.show",
    "letter_next": "class.letter.next",
    "letter_finish": "class.letter.finish",
    "letter_nobody": "class.letter.nobody",
    "letter_formula": "class.letter.formula",
    "letter_true": "class.letter.true",
    "letter_mean": "class.letter.mean",
    "letter_beats_both": "class.letter.beats_both",
    "letter_beats_trigram": "class.letter.beats_trigram",
    "letter_beats_lstm": "class.letter.beats_lstm",
    "letter_beats_none": "class.letter.beats_none",
    "letter_chance": "class.letter.chance",
    "letter_sure": "class.letter.sure",
    "letter_how_keys": "class.letter.how_keys",
    "letter_how_chosen": "class.letter.how_chosen",
    "letter_space": "class.letter.space",
    "letter_mark": "class.letter.mark",
    "letter_choose": "class.letter.choose",
    "letter_counted": "class.letter.counted",
    "letter_missed": "class.letter.missed",
    "letter_right": "class.letter.right",
    "letter_wrong": "class.letter.wrong",
    "letter_score": "class.letter.score",
    "letter_score_alone": "class.letter.score_alone",
    "letter_odds": "class.letter.odds",
    "teams_over": "class.teams.over",
    "teams_round": "class.teams.round",
    "teams_ready": "class.teams.ready",
    "teams_pause": "class.teams.pause",
    "teams_end": "class.teams.end",
    "teams_clock": "class.teams.clock",
    "teams_playing": "class.teams.playing",
    "teams_begin": "class.teams.begin",
    "teams_side_one": "class.teams.side_one",
    "teams_side": "class.teams.side",
    "teams_value": "class.teams.value",
    "teams_line_value": "class.teams.line.value",
    "teams_line_best": "class.teams.line.best",
    "teams_line_even": "class.teams.line.even",
    "teams_line_level": "class.teams.line.level",
    "teams_no_value": "class.teams.no_value",
    "teams_wins_generator": "class.teams.wins_generator",
    "teams_wins_discriminator": "class.teams.wins_discriminator",
    "teams_wins_draw": "class.teams.wins_draw",
    "teams_score": "class.teams.score",
    "teams_how_d": "class.teams.how_d",
    "teams_how_g": "class.teams.how_g",
    "teams_yours_generator": "class.teams.yours_generator",
    "teams_yours_discriminator": "class.teams.yours_discriminator",
    "teams_aim_generator": "class.teams.aim_generator",
    "teams_aim_discriminator": "class.teams.aim_discriminator",
    "teams_press_generator": "class.teams.press_generator",
    "teams_press_discriminator": "class.teams.press_discriminator",
    "teams_left": "class.teams.left",
    "teams_hint": "class.teams.hint",
    "count_title": "class.count.title",
    "count_status": "class.count.status",
    "count_class": "class.count.class",
    "count_judge": "class.count.judge",
    "count_judging": "class.count.judging",
    "count_by_class": "class.count.by_class",
    "count_by_judge": "class.count.by_judge",
    "count_both": "class.count.both",
    "count_often": "class.count.often",
    "count_seldom": "class.count.seldom",
    "count_none": "class.count.none",
    "count_agreed": "class.count.agreed",
    "count_picture": "class.count.picture",
    "count_unsure": "class.count.unsure",
    "count_judge_saw": "class.count.judge_saw",
    "count_choose": "class.count.choose",
    "count_done": "class.count.done",
    "count_over": "class.count.over",
}
"""Strings that the scripts write, by the name that they know."""


def phrases() -> dict[str, Bilingual]:
    """Return the phrases in both languages, their fields as they are."""
    return {name: {language: strings(language)[key] for language in LANGUAGES} for name, key in PHRASES.items()}


def games(models: Mapping[str, Sequence[Player]]) -> list[dict[str, Any]]:
    """Return what one person can play alone, as the page offers it, with the settings by the page's language.

    Args:
        models: Those that can play, by modality. Where the one of Chinese texts is missing, the first is taken.
    """
    names = {player["name"] for players in models.values() for player in players}
    offered = []
    for name, (key, activity, settings) in GAMES.items():
        chinese = {"model": IN_CHINESE[name]} if IN_CHINESE.get(name) in names else {}
        by_language = {ENGLISH: settings, CHINESE: {**settings, **chinese}}
        offered.append({"name": name, "title": both(key), "activity": activity, "settings": by_language})
    return offered


class RoomView:
    """The view beside the tabs, and the rooms of the server.

    Args:
        context: The server's settings.
    """

    styles: Sequence[Path] = tuple(FOLDER / f"{name}.css" for name in ("view", "shares", *TITLES))

    def __init__(self, context: Context) -> None:
        self._rooms = ClassRooms(context.hub.publish)
        context.hub.add_source("room", RoomSource(self._rooms.find, self._rooms.teach))
        services = Services(context.folder, context.device, context.hub)
        questions = RoomQuestions(self._rooms, context.word, services, lambda: secrets.randbits(32))
        activities = [{"name": name, "title": both(key)} for name, key in TITLES.items()]
        models = players(context.folder)
        view(
            FOLDER,
            "view",
            {
                "phrases": phrases(),
                "activities": activities,
                "games": games(models),
                "models": models,
                "asksWord": context.word.is_asked,
            },
            elem_id="lab-room",
            parts=[
                ASKING,
                *(FOLDER / name for name in ("renderers", "shares", *TITLES, "alone", "teacher", "phone")),
            ],
            questions=[*questions.all(), tours],
        )

    def warm_up(self) -> None:
        """Begin to end the rooms whose teachers have gone."""
        self._rooms.sweep_periodically()


class ClassPart:
    """The part of the Learn tab: a place for the teacher's panel."""

    styles: Sequence[Path] = ()

    def __init__(self) -> None:
        view(FOLDER, "part", elem_id="learn-class-view")

    def warm_up(self) -> None:
        """Do nothing."""


def build_view(context: Context) -> RoomView:
    """Lay out the view beside the tabs."""
    return RoomView(context)


def build_part(context: Context) -> ClassPart:
    """Lay out the part of the Learn tab."""
    return ClassPart()
