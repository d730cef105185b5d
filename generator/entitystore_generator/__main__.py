"""`python -m entitystore_generator`, the same as the command `entitystore`."""

from .cli import main

if __name__ == "__main__":
    raise SystemExit(main())
