"""Run the command line as ``python -m bunco``."""

from bunco.cli.app import main

if __name__ == "__main__":
    main()
