"""Run bunco and tell by samples where its processor time goes.

    python -m bench.distributed.sampled OUT.json process --config bunco.toml

Each two milliseconds of processor time the stack of the main thread is looked at: the sample
goes to the innermost function that belongs to a phase. Time in C is its caller's. SIGUSR1
begins the count anew, so that the start of the process can be left out.
"""

import atexit
import json
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

EVERY_S = 0.002

PHASES: tuple[tuple[str, str, str], ...] = (
    # phase, end of the file's name (or a folder in it), function (empty: any)
    ("decode", "bunco/streams/records.py", ""),
    ("decode", "bunco/codec.py", "decode_item"),
    ("dedup", "processors/ledger.py", ""),
    ("enrich", "processors/enrich.py", ""),
    ("detectors", "/processors/detectors/", ""),
    ("read states", "processors/states.py", "prepare"),
    ("read states", "processors/distributed/shard.py", "_load"),
    ("encode states", "processors/states.py", "encoded"),
    ("encode states", "processors/distributed/shard.py", "encoded"),
    ("table writes", "processors/distributed/commits.py", "write"),
    ("findings", "processors/distributed/commits.py", "publish"),
    ("dedup", "processors/distributed/shard.py", "_take"),
    ("Kafka producer", "/aiokafka/producer/", ""),
    ("Kafka consumer", "/aiokafka/consumer/", ""),
    ("Kafka connection", "/aiokafka/", ""),
    ("Faust", "/faust/", ""),
    ("Faust", "/mode/", ""),
    ("event loop", "/asyncio/", ""),
)
OTHER = "other"


def phase_of(frame: FrameType | None) -> str:
    """Give the phase of the innermost function on a stack that belongs to one."""
    while frame is not None:
        code = frame.f_code
        for phase, file, function in PHASES:
            if file in code.co_filename and function in {"", code.co_name}:
                return phase
        frame = frame.f_back
    return OTHER


def main() -> None:
    """Run bunco with the rest of the command line; write the samples at its end."""
    out = Path(sys.argv[1])
    samples: Counter[str] = Counter()
    lines: Counter[str] = Counter()

    def sample(_: int, frame: FrameType | None) -> None:
        phase = phase_of(frame)
        samples[phase] += 1
        if frame is not None:
            code = frame.f_code
            lines[f"{phase}: {code.co_filename.rpartition('/')[2]}:{code.co_qualname}"] += 1

    def begin(_: int, __: FrameType | None) -> None:
        samples.clear()
        lines.clear()

    def write() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        out.write_text(json.dumps({"phases": samples, "lines": dict(lines.most_common(60))}))

    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR1, begin)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    atexit.register(write)
    sys.argv = ["bunco", *sys.argv[2:]]
    from bunco.cli.app import main as bunco  # noqa: PLC0415  # under the sampler already

    bunco()


if __name__ == "__main__":
    main()
