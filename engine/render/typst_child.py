"""The process that sets one document: `python -I typst_child.py ROOT`, PDF on standard output. Run by `typst.py` only.

It bounds its own time and memory before it looks at the template, and says nothing of the content when it fails: its exit code
tells why, standard error at most the line of the template.
"""

import json
import re
import resource
import sys
from pathlib import Path

CPU_SECONDS = 20
MEMORY_BYTES = 2 * 1024**3
PDF_BYTES = 50 * 1024**2
FAILED, TOO_LARGE = 3, 4


def main(root: Path) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core dump would hold the case
    import typst

    order = json.loads((root / "order.json").read_text())
    document = root / "document"
    nowhere = root / "packages"  # empty: no package is found, and the proxies of this process lead nowhere
    try:
        compiler = typst.Compiler(
            document / "main.typ", root=document, font_paths=[document], ignore_system_fonts=True,
            sys_inputs={"data": (document / "data.json").read_text()}, package_path=nowhere, package_cache_path=nowhere,
        )
        pdf = compiler.compile(
            format="pdf", timestamp=order["timestamp"], pdf_standards=["ua-1"] if order["accessible"] else [],
        )
    except typst.TypstError as error:
        where = re.search(r"main\.typ:(\d{1,7}):\d", f"{error.diagnostic}")
        sys.stderr.write(where[1] if where else "")
        return FAILED
    except MemoryError:
        return TOO_LARGE
    if not isinstance(pdf, bytes) or len(pdf) > PDF_BYTES:
        return TOO_LARGE
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
