"""Who may use which route: one table, endpoint -> action. A route that is not in it answers nobody (default deny).

The action is asked of `engine.allows(actor, action)`, which knows roles; whether *this* row is the actor's to see is
decided again by the command or query itself. `PUBLIC` needs no session, `SIGNED_IN` any session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed-in"

POLICY: Final[Mapping[str, str]] = {
    "static": PUBLIC,
    "status.healthy": PUBLIC,
    "account.sign_in_page": PUBLIC,
    "account.sign_in": PUBLIC,
    "account.set_language": PUBLIC,
    "papers.verify": PUBLIC,
    "public.index": PUBLIC,
    "public.quick_exit": PUBLIC,
    "public.home": PUBLIC,
    "public.safety": PUBLIC,
    "public_sending.report_page": PUBLIC,
    "public_sending.report": PUBLIC,
    "public_sending.complaint_page": PUBLIC,
    "public_sending.complain": PUBLIC,
    "public_sending.survey_page": PUBLIC,
    "public_sending.survey": PUBLIC,
    "public_sending.status_page": PUBLIC,
    "public_sending.status": PUBLIC,
    "public_sending.message": PUBLIC,
    "public_reading.sops": PUBLIC,
    "public_reading.sop": PUBLIC,
    "public_reading.sop_ap": PUBLIC,
    "public_reading.promises": PUBLIC,
    "survey_codes.show": "survey.issue",
    "survey_codes.issue": "survey.issue",
    "account.sign_out": SIGNED_IN,
    "account.lock": SIGNED_IN,
    "inbox.home": SIGNED_IN,
    "notices.show": SIGNED_IN,
    "notices.mark_read": SIGNED_IN,
    "inbox.show": "task.list",
    "task.show": "task.read",
    "task.claim": "task.claim",
    "task.unclaim": "task.unclaim",
    "task.save_draft": "task.save_draft",
    "task.complete": "task.complete",
    "task.accept_stated": "task.accept_stated",
    "cases.index": "case.list",
    "cases.search": "case.list",
    "cases.show": "case.read",
    "cases.document": "case.read_document",
    "actions.show": "case.act",
    "actions.act": "case.act",
    "cases.choose": "case.start",
    "cases.start_page": "case.start",
    "cases.start": "case.start",
    "replay.show": "audit.replay",
    "replay.verify": "audit.replay",
    "replay.pack": "audit.export",
    "dual_roles.show": "access_log.read",
    "sops.index": "sop.list",
    "sops.show": "sop.read",
    "sops.sop_ap": "sop.read",
    "sops.check_page": "sop.check",
    "sops.check": "sop.check",
    "trials.show": "sop.try",
    "trials.start": "sop.try",
    "trials.complete": "sop.try",
    "trials.advance": "sop.try",
    "trials.send": "sop.try",
}
