"""The process that sets one document: `python -I typst_child.py ROOT`, PDF on standard output, or of one page a picture after a line
with how many there are. Run by `typst.py` only.

It bounds its own time and memory before it looks at the template, and says nothing of the content when it fails: its exit code
tells why, standard error at most the line of the template; the words of a failure only where the order says that the data is made up.
"""

import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY_BYTES = 2 * 1024**3
PDF_BYTES = 50 * 1024**2
PIXELS_PER_INCH = 110.0
LONGEST_WORDS = 300
FAILED, TOO_LARGE, TOO_LONG = 3, 4, 5
#: Files round the template, and what says where its last page is.
WHOLE, COUNTED, LAST_PAGE = "kawal-whole.typ", "kawal-counted.typ", "kawal-last-page"


def main(root: Path) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    order = json.loads((root / "order.json").read_text())
    resource.setrlimit(resource.RLIMIT_CPU, (order["seconds"], order["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the case
    import typst

    document = root / "document"
    nowhere = root / "packages"  # empty: no package is found, and the proxies of this process lead nowhere
    try:
        compiler = typst.Compiler(
            document / (COUNTED if order["page"] else WHOLE), root=document, font_paths=[document], ignore_system_fonts=True,
            sys_inputs={"data": (document / "data.json").read_text()}, package_path=nowhere, package_cache_path=nowhere,
        )
        made: object
        if order["page"]:
            if _last_page(compiler) > order["most_pages"]:
                return TOO_LONG
            pages = compiler.compile(document / WHOLE, format="png", ppi=PIXELS_PER_INCH, timestamp=order["timestamp"])
            made = _page([pages] if isinstance(pages, bytes) else pages or [], order["page"])
        else:
            made = compiler.compile(
                format="pdf", timestamp=order["timestamp"], pdf_standards=["ua-1"] if order["accessible"] else [],
            )
    except typst.TypstError as error:
        where = re.search(r"main\.typ:(\d{1,7}):\d", f"{error.diagnostic}")
        words = " ".join(f"{error.message}".replace(f"{document}", "").split())[:LONGEST_WORDS] if order["page"] else ""
        sys.stderr.buffer.write(f"{where[1] if where else ''}\n{words}".encode())
        return FAILED
    except MemoryError:
        return TOO_LARGE
    if not isinstance(made, bytes) or len(made) > PDF_BYTES:
        return TOO_LARGE
    sys.stdout.buffer.write(made)
    return 0


def _last_page(compiler: Any) -> int:
    """How long the document is, before a page of it is drawn; 0 of one that fails, as drawing it will say with the line."""
    try:
        return int(compiler.query(f"<{LAST_PAGE}>", field="value", one=True))
    except RuntimeError:
        return 0


def _page(pages: list[bytes], number: int) -> bytes:
    """How many pages there are, and the picture of one; of one there is not, nothing."""
    return b"%d\n" % len(pages) + (pages[number - 1] if number <= len(pages) else b"")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
