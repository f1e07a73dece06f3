"""`python -m clickcounter COMMAND`."""

from clickcounter.cli import main

if __name__ == "__main__":
    main()
