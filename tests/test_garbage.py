"""When Python collects its garbage."""

import subprocess
import sys

from tests.server import ROOT

# In a process of its own: how garbage is collected is one setting for all of a process.
HOURS = """
import gc
from clickcounter import garbage
garbage.set_aside()
of_all = gc.get_stats()[2]["collections"]
for _ in range(10_001):
    gc.collect(1)
burst = [[] for _ in range(100_000)]
assert gc.get_stats()[2]["collections"] == of_all, gc.get_stats()
"""


def test_no_burst_starts_a_collection_of_everything_however_long_the_server_runs():
    subprocess.run([sys.executable, "-c", HOURS], cwd=ROOT, check=True)
