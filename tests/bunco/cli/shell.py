"""Type commands as a person would, in this process."""

from typer.testing import CliRunner, Result

from bunco.cli.app import app


def typed(*words: str, stdin: str | bytes = "") -> Result:
    """Run one command line; what it answered and its exit code."""
    return CliRunner().invoke(app, list(words), input=stdin)
