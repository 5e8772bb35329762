"""The search for cycles is made seldom, and still finds one."""

import gc
import subprocess
import sys

_PROGRAM = """
import gc, weakref
from bunco.collecting import collect_seldom
collect_seldom()
class Node: pass
node = Node(); node.itself = node
seen = weakref.ref(node)
del node
heap = [[] for _ in range(60_000 * 25)]
print(gc.get_threshold()[0] > 700, gc.get_freeze_count() > 0, seen() is None)
"""


def test_cycles_are_looked_for_seldom_and_still_found() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.split() == ["True", "True", "True"]
    assert gc.isenabled()
