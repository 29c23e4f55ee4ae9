"""The small signs of BPMN 2.0: task types, activity markers, events, gateways. Path data round a centre at 0,0."""

from __future__ import annotations

import math


def _gear(radius: float, teeth: int = 8) -> str:
    points = []
    for tooth in range(teeth):
        for turn, reach in ((-0.30, 0.74), (-0.20, 1.0), (0.20, 1.0), (0.30, 0.74)):
            angle = 2 * math.pi * (tooth + turn) / teeth
            points.append(f"{radius * reach * math.cos(angle):.1f} {radius * reach * math.sin(angle):.1f}")
    hole = radius * 0.36
    return f"M{'L'.join(points)}z" + circle(hole)


def circle(radius: float, x: float = 0, y: float = 0) -> str:
    """A circle as path data."""
    return f"M{x - radius:g} {y:g}a{radius:g} {radius:g} 0 1 0 {2 * radius:g} 0a{radius:g} {radius:g} 0 1 0 {-2 * radius:g} 0z"


def _pentagon(radius: float) -> str:
    corners = (math.radians(72 * n - 90) for n in range(5))
    return "M" + "L".join(f"{radius * math.cos(a):.1f} {radius * math.sin(a):.1f}" for a in corners) + "z"


_CLOCK_TICKS = "".join(
    f"M{7.4 * math.sin(a):.1f} {-7.4 * math.cos(a):.1f}L{9 * math.sin(a):.1f} {-9 * math.cos(a):.1f}"
    for a in (math.radians(30 * n) for n in range(12))
)
_ENVELOPE = "M-8-5.5h16v11h-16z"
_FLAP = "M-8-5.5L0 1L8-5.5"

#: Signs of task types, in a box of 16: (outline, filled).
TASKS: dict[str, tuple[str, bool]] = {
    "userTask": (circle(3.4, 0, -4) + "M-7 8v-2.2c0-3 2.6-5 7-5s7 2 7 5V8z", False),
    "manualTask": (  # a hand: back and thumb, then four fingers
        "M-8 5.5V-.5L-3.2-5.6c1-1 2.6.2 1.8 1.4L-3-2.1H6.6c1.6 0 1.6 2.3 0 2.3H7.2c1.6 0 1.6 2.2 0 2.2H6.4c1.5 0 1.5 2.1 0 2.1"
        "H5c1.3 0 1.3 2 0 2H-5.6c-1.2 0-2.4-.4-2.4-1zM1 .2H6.6M1 2.4H7.2M1 4.5H6.4", False),
    "serviceTask": (_gear(8), False),
    "sendTask": (_ENVELOPE + _FLAP, True),
    "receiveTask": (_ENVELOPE + _FLAP, False),
    "scriptTask": ("M-4-8h10c-4.5 4 3 6.5-1.5 16h-10c4.5-9.5-3-12 1.5-16zM-3.5-4.5h6M-2.3-1h6M-1.5 2.5h6"
                   "M-3 5.5h6", False),
    "businessRuleTask": ("M-8-6.5h16v13h-16zM-8-2.5h16M-8 2h16M-3-2.5v9", False),
}

#: Signs inside events, within 9 of the centre: path, whether a throwing event fills it.
EVENTS: dict[str, str] = {
    "messageEventDefinition": _ENVELOPE + _FLAP,
    "timerEventDefinition": circle(9.4) + _CLOCK_TICKS + "M.5-6L0 0L4.5 1.5",
    "errorEventDefinition": "M-8 7L-3.5-6L2.5 1.5L7.5-8L3.5 7L-2.5-1z",
    "escalationEventDefinition": "M0-9L6.5 8L0 1.5L-6.5 8z",
    "signalEventDefinition": "M0-8.5L8 6H-8z",
    "compensateEventDefinition": "M0-6.5V6.5L-8.5 0zM8.5-6.5V6.5L0 0z",
    "conditionalEventDefinition": "M-6.5-8.5h13v17h-13zM-4-5.2h8M-4-1.7h8M-4 1.7h8M-4 5.2h8",
    "linkEventDefinition": "M-8-3h8v-4L9 0L0 7V3h-8z",
    "cancelEventDefinition": "M-8-5.5L-5.5-8L0-2.5L5.5-8L8-5.5L2.5 0L8 5.5L5.5 8L0 2.5L-5.5 8L-8 5.5L-2.5 0z",
    "terminateEventDefinition": circle(9.5),
    "multiple": _pentagon(9),
    "parallelMultiple": "M-3-9h6v6h6v6h-6v6h-6v-6h-6v-6h6z",
}

#: Signs inside gateways: path and stroke width.
GATEWAYS: dict[str, tuple[str, float]] = {
    "exclusiveGateway": ("M-7-8L7 8M7-8L-7 8", 3.5),
    "parallelGateway": ("M-10 0H10M0-10V10", 3.5),
    "inclusiveGateway": (circle(10), 3),
    "complexGateway": ("M-10 0H10M0-10V10M-7-7L7 7M7-7L-7 7", 2.5),
}

#: Markers at the foot of an activity, in a box of 14.
MARKERS: dict[str, tuple[str, bool]] = {
    "collapsed": ("M-7-7h14v14h-14zM-4 0h8M0-4v8", False),
    "loop": ("M-3 5.5a6 6 0 1 1 5 .2M-3 5.5l-3.5-.5M-3 5.5l.3-3.7", False),
    "parallel": ("M-4-6V6M0-6V6M4-6V6", False),
    "sequential": ("M-6-4H6M-6 0H6M-6 4H6", False),
    "compensation": ("M0-5V5L-6.5 0zM6.5-5V5L0 0z", False),
    "adHoc": ("M-7 1.5c1.8-5 4.5-4 7-1.5s5 2.8 7-1.5v3c-2 4.3-4.5 4-7 1.5s-5.2-3.5-7 1.5z", True),
}

#: Signs of a state, in a box of 10: what colour alone must not say.
STATES: dict[str, tuple[str, bool]] = {
    "done": ("M-4.5 0L-1.5 3.5L4.5-4", False),
    "now": ("M-3-4.5L5 0L-3 4.5z", True),
    "next": ("M-4.5 0H3M0-3.5L3.5 0L0 3.5", False),
    "late": ("M0-5V1.5M0 4V4.8", False),
    "added": ("M-4.5 0H4.5M0-4.5V4.5", False),
    "changed": ("M-4.5-1.5H4.5M-4.5 2H4.5", False),
    "removed": ("M-4.5 0H4.5", False),
    # How often on time, in five bands: a column that is the lower the more was late.
    "heat1": ("M-2 5V-5H2V5z", True),
    "heat2": ("M-2 5V-3H2V5z", True),
    "heat3": ("M-2 5V-1H2V5z", True),
    "heat4": ("M-2 5V1H2V5z", True),
    "heat5": ("M-2 5V3H2V5z", True),
    "untaken": ("M-4-4L4 4M-4 4L4-4", False),
    "limited": ("M-3.5-.5H3.5V5H-3.5zM-2.2-.5V-2.5a2.2 2.2 0 0 1 4.4 0V-.5", False),
}
