"""Where tests keep their files: in memory where there is room. A database of a test lives for a second, and a disk that makes each of its
commits safe takes longer over it than the test; what is killed in a test is a process, never the machine.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 3 * 1024**3   # many times what the tests of two processes hold at once: each gives back what it held


def keep_files_in_memory() -> None:
    """Temporary folders of this process and its children stand in memory from now on, unless somebody says where (TMPDIR), or there is
    little of it."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM and _free_memory() > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _free_memory() -> int:
    """Bytes that the machine can give without swapping; 0 where it does not say."""
    told = Path("/proc/meminfo")
    found = re.search(r"^MemAvailable: +(\d+) kB$", told.read_text("ascii"), re.MULTILINE) if told.exists() else None
    return int(found[1]) * 1024 if found else 0
