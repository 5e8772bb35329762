"""Bring what Faust and its Kafka client log into bunco's own log."""

import logging

from bunco.log import logger

_NOISY = {"aiokafka": logging.ERROR, "faust": logging.WARNING, "mode": logging.ERROR}
"""The least level that an operator is shown of each."""


class Forwarding(logging.Handler):
    """Write records of the standard library's logging as events of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        text = record.getMessage().splitlines()
        fields = {"part": record.name, "said": text[0] if text else ""}
        log = logger(record.name)
        if record.levelno >= logging.ERROR:
            log.error("the stream engine failed", **fields, exc_info=record.exc_info or None)
        else:
            log.warning("the stream engine warns", **fields)


def forward() -> None:
    """Take over the loggers of Faust, mode and aiokafka."""
    handler = Forwarding()
    for name, level in _NOISY.items():
        theirs = logging.getLogger(name)
        theirs.handlers = [handler]
        theirs.setLevel(level)
        theirs.propagate = False
