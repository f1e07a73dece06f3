"""Where things are: what the app reads, which may be read-only, and what it writes.

In a clone both are the project's folder. In a package, see deploy/wheel.py, the files that stand beside the code in a clone
are in clickcounter/bundled/, and data goes where the system keeps a user's data.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import platformdirs

_HERE = Path(__file__).resolve().parent
BUNDLED = _HERE / "bundled"
IS_PACKAGE = BUNDLED.is_dir()
ROOT = BUNDLED if IS_PACKAGE else _HERE.parent  # assets, migrations, rxconfig.py; never written to in a package
COMMAND = "clickcounter" if IS_PACKAGE else "python -m clickcounter"


def data_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where data is kept, and a relative SQLite path starts."""
    if given := environ.get("CLICKCOUNTER_DATA"):
        return Path(given).absolute()
    return platformdirs.user_data_path("clickcounter", appauthor=False) if IS_PACKAGE else ROOT
