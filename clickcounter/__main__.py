"""`python -m clickcounter COMMAND`."""

from clickcounter.cli.commands import main

if __name__ == "__main__":
    main()
