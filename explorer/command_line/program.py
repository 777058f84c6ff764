"""The program: its verbs, and what becomes of bad input (exit 2), a failure (1), Ctrl-C (130) and a closed pipe (141).

Whatever goes wrong is one line on standard error. torch is imported only inside the verbs, so help comes at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from explorer.command_line.bring import bring
from explorer.command_line.download import download
from explorer.command_line.list import list_all
from explorer.command_line.measure import measure
from explorer.command_line.prepare import prepare
from explorer.command_line.unlearn import unlearn
from explorer.settings import InputError

NAME = "python -m explorer"


@click.group(
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Each verb explains itself: python -m explorer VERB --help.",
)
def program() -> None:
    """The Unlearning Explorer: what a sample tells a model, and what is left when it is forgotten.

    Models are trained once and kept in the folder EXPLORER_HOME (default: your cache folder).

    \b
    Examples:
      python -m explorer list
      python -m explorer unlearn --dataset digits --model convnet --forget class:3 --method jit
    """


for verb in (list_all, bring, download, prepare, measure, unlearn):
    program.add_command(verb)


def main(arguments: Sequence[str]) -> int:
    """Run the program and return its exit code; a failure that nobody foresaw shows whole under `python -X dev`."""
    try:
        return run(arguments)
    except KeyboardInterrupt:
        _say("Stopped; what was not finished is not kept, but a training goes on from its last epoch.")
        return 130
    except BrokenPipeError:
        # Python flushes once more at exit, and would complain about the pipe there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _say(f"This failed inside the explorer: {type(error).__name__}: {error}.")
        return 1


def run(arguments: Sequence[str]) -> int:
    """Run the program and return 0, or 2 for bad input; anything else comes through."""
    try:
        with program.make_context(NAME, list(arguments)) as context:
            program.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        sys.stdout.flush()
        return end.exit_code
    except click.Abort:
        _say("Nobody answered, so nothing was done.")
        return 2
    except click.UsageError as error:
        _say(_usage_sentence(error, arguments))
        return 2
    except (click.ClickException, InputError) as error:
        _say(str(error))
        return 2
    return 0


def _say(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)


def _usage_sentence(error: click.UsageError, arguments: Sequence[str]) -> str:
    """What was wrong with the words of the command, and what is allowed."""
    context, complaint = error.ctx, error.format_message().removesuffix(".")
    if context is None:  # click's own parser does not say which verb it was reading
        verb = [word for word in arguments[:1] if word in program.commands]
        return f"{complaint}; {' '.join([NAME, *verb])} --help says what is allowed."
    if isinstance(context.command, click.Group):
        verbs = ", ".join(context.command.commands)
        return f"{complaint}; the verbs are {verbs}: {NAME} VERB --help explains one."
    options = [option for option in context.command.get_params(context) if isinstance(option, click.Option)]
    if isinstance(error, click.MissingParameter) and error.param is not None:
        needed = [_written(parameter) for parameter in context.command.get_params(context) if parameter.required]
        return f"{_written(error.param)} is missing; {context.info_name} needs {', '.join(needed)}."
    if isinstance(error, click.NoSuchOption):
        names = ", ".join(option.opts[0] for option in options)
        return f"There is no option {error.option_name}; {context.info_name} takes {names}."
    return f"{complaint}; {context.command_path} --help says what is allowed."


def _written(parameter: click.Parameter) -> str:
    """What somebody types for it: --dataset, or PATH."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
