"""Parse documents off the event loop.

Threads, not processes: measured on a 15 MiB feed, the loop waits 0.1 s at most while one
parses (the interpreter changes threads every 5 ms), and a process would cost 40 MiB and its
start. Their own threads, so that name resolution does not queue behind parsing.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Given = TypeVar("Given")
Args = ParamSpec("Args")

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="bunco-parse")
"""Started with the first document."""


async def off_loop(work: Callable[Args, Given], *args: Args.args, **named: Args.kwargs) -> Given:
    """Run pure work in a thread of its own and give what it gives."""
    call = partial(work, *args, **named)
    return await asyncio.get_running_loop().run_in_executor(_THREADS, call)
