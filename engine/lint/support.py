"""What of BPMN this release does not run: the one switch for each construct.

Taking an entry out of `REFUSED` is all lint needs when the interpreter learns to run it (bpmn/README.md lists the same).
"""

from __future__ import annotations

REFUSED = frozenset({
    "complex-gateway", "ad-hoc-sub-process", "compensation", "event-sub-process", "script-task", "top-level-start-trigger",
    "multiple-events", "parallel-multiple", "token-quantity", "multi-instance-behavior", "data-store", "choreography",
    "global-task",
})
#: Catch kinds each event may carry (BPMN 2.0.2, table 10.93), less what `REFUSED` takes away.
ALLOWED_EVENTS = {
    "startEvent": frozenset({"message", "signal", "timer", "conditional"}),
    "eventSubProcessStart": frozenset({"message", "signal", "timer", "conditional", "error", "escalation", "compensate"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "conditional", "link", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "escalation", "compensate", "link", "signal"}),
    "boundaryEvent": frozenset({"message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"}),
    "endEvent": frozenset({"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"}),
}
MAX_BOUNDARY_EVENTS = 50
MAX_INSTANCES = 1000
MAX_HITS = 200
