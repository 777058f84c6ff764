"""Command-line program. Exit codes: 0 success, 1 internal error, 2 invalid input, 130 Ctrl-C, 141 closed pipe.

Every error is one line on standard error. Only the verbs import torch, so that --help is fast.
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
    epilog="Help on a verb: python -m explorer VERB --help.",
)
def program() -> None:
    """Unlearning Explorer: train networks, unlearn training samples and compare the result with a retrained network.

    Models are trained once and stored in the folder EXPLORER_HOME (default: your cache folder).

    \b
    Examples:
      python -m explorer list
      python -m explorer unlearn --dataset digits --model convnet --forget class:3 --method jit
    """


for verb in (list_all, bring, download, prepare, measure, unlearn):
    program.add_command(verb)


def main(arguments: Sequence[str]) -> int:
    """Exit code of the program. An internal error is reported in one line, under `python -X dev` with its traceback.

    Args:
        arguments: command-line arguments without the program's name.
    """
    try:
        return run(arguments)
    except KeyboardInterrupt:
        _report("Stopped; unfinished results are discarded, but a training resumes from its last stored epoch.")
        return 130
    except BrokenPipeError:
        # Python flushes standard output again at exit, which would print another error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _report(f"Internal error: {type(error).__name__}: {error}.")
        return 1


def run(arguments: Sequence[str]) -> int:
    """Exit code 0, or 2 for invalid input; all other exceptions are raised."""
    try:
        with program.make_context(NAME, list(arguments)) as context:
            program.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        sys.stdout.flush()
        return end.exit_code
    except click.Abort:
        _report("No answer was given, so nothing was done.")
        return 2
    except click.UsageError as error:
        _report(_usage_sentence(error, arguments))
        return 2
    except (click.ClickException, InputError) as error:
        _report(str(error))
        return 2
    return 0


def _report(sentence: str) -> None:
    click.echo(" ".join(sentence.split()), err=True)


def _usage_sentence(error: click.UsageError, arguments: Sequence[str]) -> str:
    """Sentence about invalid arguments and the allowed ones."""
    context, complaint = error.ctx, error.format_message().removesuffix(".")
    if context is None:  # click's parser does not report the verb
        verb = [word for word in arguments[:1] if word in program.commands]
        return f"{complaint}; see {' '.join([NAME, *verb])} --help."
    if isinstance(context.command, click.Group):
        verbs = ", ".join(context.command.commands)
        return f"{complaint}; the verbs are {verbs}; see {NAME} VERB --help."
    options = [option for option in context.command.get_params(context) if isinstance(option, click.Option)]
    if isinstance(error, click.MissingParameter) and error.param is not None:
        needed = [_written(parameter) for parameter in context.command.get_params(context) if parameter.required]
        return f"{_written(error.param)} is missing; {context.info_name} needs {', '.join(needed)}."
    if isinstance(error, click.NoSuchOption):
        names = ", ".join(option.opts[0] for option in options)
        return f"There is no option {error.option_name}; {context.info_name} takes {names}."
    return f"{complaint}; see {context.command_path} --help."


def _written(parameter: click.Parameter) -> str:
    """Name of a parameter as typed: --dataset, or PATH."""
    return parameter.opts[0] if isinstance(parameter, click.Option) else parameter.human_readable_name
