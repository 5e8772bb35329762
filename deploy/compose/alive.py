"""End with 0 when a process of the stack says that it does its work: ``alive.py PORT``."""
# ruff: noqa: INP001  # a script of the image, no package

import sys
import urllib.error
import urllib.request


def main(port: str) -> int:
    """Ask ``/readyz`` of this container's process; say why it is not ready."""
    address = f"http://127.0.0.1:{port}/readyz"
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError as error:
        with error:
            sys.stdout.write(error.read().decode(errors="replace"))
        return 1
    except OSError as error:
        sys.stdout.write(f"{address}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
