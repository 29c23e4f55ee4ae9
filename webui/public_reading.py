"""What an agency publishes: its SOPs in force and how it keeps the times they promise."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Response, g

from webui import context, limits, public
from webui.public import page

pages = public.blueprint("public_reading")


@pages.get("/<code>/sop")
def sops(code: str) -> str:
    """The SOPs in force."""
    return page("sops.html", code, sops=context.engine().public.sops(code))


@pages.get("/<code>/sop/<key>")
def sop(code: str, key: str) -> str:
    """One of them, as text and as drawing."""
    detail = context.engine().public.sop(code, key)
    return page("sop.html", code, detail=detail, sop=detail.sop, drawing=detail.drawing)


@pages.get("/<code>/sop/<key>/sop-ap.pdf")
@limits.limiter.limit("10 per minute")
def sop_ap(code: str, key: str) -> Response:
    """The classic SOP-AP sheet."""
    return Response(context.engine().public.sop_ap(code, key), mimetype="application/pdf",
                    headers={"Content-Disposition": 'attachment; filename="sop-ap.pdf"'})


@pages.get("/<code>/janji")
def promises(code: str) -> str:
    """Every printed time beside what was measured, and what became of complaints."""
    found = context.engine().public.promises(code)
    g.zone = ZoneInfo(found.zone)
    return page("promises.html", code, promises=found)
