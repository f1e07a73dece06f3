"""Copies a built front end for the address in the settings: `python -m clickcounter.web.front_end BUILT FOLDER`."""

import sys
from pathlib import Path

from clickcounter.errors import ClickCounterError
from clickcounter.settings import base_path
from clickcounter.web.content_security_policy import back_end_elsewhere
from clickcounter.web.front_end import write
from clickcounter.web.front_end.rewriting import NotBuilt


def main(built: Path, folder: Path) -> None:
    """Write the copy. Raises NotBuilt, SettingInvalid."""
    if folder.exists():
        raise NotBuilt(f"{folder} exists already.")
    write(built, base_path(), folder, back_end_elsewhere())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except ClickCounterError as error:
        sys.exit(str(error))
