"""What of BPMN this release does not run: the one switch for each construct.

Taking an entry out of `REFUSED` is all lint needs when the interpreter learns to run it (bpmn/README.md lists the same).
"""

from __future__ import annotations

REFUSED = frozenset(
    {
        "complex-gateway",
        "ad-hoc-sub-process",
        "compensation",
        "script-task",
        "top-level-start-trigger",
        "multiple-events",
        "parallel-multiple",
        "token-quantity",
        "multi-instance-behavior",
        "data-store",
        "choreography",
        "global-task",
    }
)
#: Catch kinds each event may carry (BPMN 2.0.2, table 10.93), less what `REFUSED` takes away.
ALLOWED_EVENTS = {
    "startEvent": frozenset({"message", "signal", "timer", "conditional"}),
    "eventSubProcessStart": frozenset({"message", "signal", "timer", "conditional", "error", "escalation", "compensate"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "conditional", "link", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "escalation", "compensate", "link", "signal"}),
    "boundaryEvent": frozenset({"message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"}),
    "endEvent": frozenset({"message", "error", "escalation", "cancel", "compensate", "signal", "terminate"}),
}
#: Codes that matter only to a process that runs. In one that is merely drawn (a partner's pool, marked not executable) they
#: are advice; any other error there is a rule, since the drawing is still wrong.
ONLY_WHEN_RUN = frozenset(
    {
        "script-task",
        "service-without-operation",
        "unknown-operation",
        "decision-missing",
        "result-missing",
        "timer-missing",
        "timer-unusable",
        "event-without-reference",
        "throw-without-code",
        "foreign-expression",
        "expression-language",
        "expression-unreadable",
        "complex-gateway",
        "ad-hoc-sub-process",
        "compensation",
        "event-sub-process-start",
        "event-sub-process-kind",
        "start-trigger-not-run",
        "several-triggers",
        "token-quantity",
        "multi-instance-behavior",
        "multi-instance-without-collection",
        "loop-without-condition",
        "called-process-missing",
        "global-task",
        "instantiating-gateway",
        "data-store",
        "runaway-loop",
        "too-many-instances",
    }
)
MAX_BOUNDARY_EVENTS = 50
MAX_INSTANCES = 1000
MAX_HITS = 200
