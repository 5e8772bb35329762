"""Logs: a short fixed event, then fields; one line each, on standard error.

``debug`` and ``info`` are the expected, ``warning`` is what someone must look at, ``error``
is what lost data. No text of posts above ``debug``.
"""

import logging
import sys
from typing import Literal, TypeAlias, cast

import structlog
from structlog.typing import FilteringBoundLogger

LogLevel: TypeAlias = Literal["debug", "info", "warning", "error"]


def logger(name: str) -> FilteringBoundLogger:
    """Give the logger of a module; call it with ``__name__``."""
    return cast("FilteringBoundLogger", structlog.get_logger(name))


def set_up(level: LogLevel = "info", *, as_json: bool = False) -> None:
    """Send logs of at least this level to standard error.

    Args:
        level: the least level that is written.
        as_json: one JSON object a line in place of words, for machines.
    """
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
