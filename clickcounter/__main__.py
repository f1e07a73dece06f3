"""`python -m clickcounter COMMAND`."""

from clickcounter.cli.main import main

if __name__ == "__main__":
    main()
