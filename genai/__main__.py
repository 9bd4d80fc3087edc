"""The lab from a terminal: `genai COMMAND` where it is installed, `python -m genai COMMAND` in its folder."""

import sys
from pathlib import Path

from genai.errors import exit_with_sentence


def main(arguments: list[str]) -> None:
    """Run a command.

    genai/serve.py limits numpy's threads, which works only before numpy is imported. So `serve` is handled before
    the other commands are imported.

    Raises:
        GenaiError: if the command cannot be carried out.
    """
    prog = "genai" if Path(sys.argv[0]).stem == "genai" else "python -m genai"
    if arguments[:1] == ["serve"]:
        from genai.serve import main as serve

        serve(arguments[1:], prog=f"{prog} serve")
    else:
        from genai.command_line import run

        run(arguments, prog)


def console() -> None:
    """Run the command of this process; an error that the user can correct ends it with a sentence and status 1."""
    with exit_with_sentence():
        main(sys.argv[1:])


if __name__ == "__main__":
    console()
