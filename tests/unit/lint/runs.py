"""What a bare diagram may hold without a single error: everything a `Trial` runs."""

from __future__ import annotations

from tests.support.bpmn import (
    boundary,
    call,
    catch,
    conditional,
    document,
    element,
    end,
    error,
    escalation,
    event,
    exclusive,
    flow,
    flows,
    instances,
    link,
    message,
    process,
    service,
    signal,
    standard,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.unit.lint.cases import Files, drawn, line

RUNS: dict[str, Files] = {
    "one task": line(user("t")),
    "flows without ids": line("".join(user(t) for t in "tu") + '<bpmn:sequenceFlow sourceRef="t" targetRef="u"/>'),
    "ids that collide with engines": drawn(start("Start"), user("Root"), end("End"), flows("Start", "Root", "End")),
    "no start, no end": drawn(user("t")),
    "a service task": line(service("t", "letter.issue", arguments={"code": '"F10"'})),
    "a review loop": drawn(
        start(), user("t"), exclusive("g", default="g__e"), end(), flows("s", "t", "g"), flow("g", "t", "again"), flow("g", "e")
    ),
    "conditional flows from a task": drawn(
        start(), user("t"), user("a"), user("b"), flow("s", "t"), flow("t", "a", "x = 1"), flow("t", "b")
    ),
    "timers": line(
        user("t"),
        boundary("b", "t", timer("PT40M"), interrupting=False, extra=standard("working_minutes")),
        user("u"),
        flow("b", "u"),
        catch("c", timer('= duration("PT1H")')),
        flow("u", "c"),
        flow("c", "e"),
    ),
    "a repeating reminder": line(
        user("t"), boundary("b", "t", timer("R3/PT4H", "timeCycle"), interrupting=False), user("u"), flow("b", "u")
    ),
    "messages and signals": drawn(
        start("s", event("message", "M")),
        catch("c", event("signal", "S")),
        throw("h", event("message", "M")),
        end("e", event("signal", "S")),
        flows("s", "c", "h", "e"),
        roots=message("M") + signal("S"),
    ),
    "an event gateway": drawn(
        start(),
        element("eventBasedGateway", "g"),
        catch("c", event("message", "M")),
        catch("d", timer("P1D")),
        end(),
        flows("s", "g", "c", "e"),
        flows("g", "d", "e"),
        roots=message("M"),
    ),
    "event sub-processes of every trigger": line(
        user("t"),
        *(
            element("subProcess", f"on_{n}", element("startEvent", f"s_{n}", what, isInterrupting=n in (0, 4)) + user(f"u_{n}")
                    + end(f"e_{n}") + flows(f"s_{n}", f"u_{n}", f"e_{n}"), triggeredByEvent=True)
            for n, what in enumerate((
                event("message", "M"), timer("R/P1D", "timeCycle"), conditional("risk_level = 3"), event("signal", "S"),
                event("error", "E"), event("escalation", "X"), standard("elapsed") + timer("PT24H"),
            ))
        ),
        roots=message("M") + signal("S") + error("E") + escalation("X"),
    ),
    "a transaction that is cancelled": line(
        sub("t", start("a"), end("x", event("cancel")), flow("a", "x"), tag="transaction"),
        boundary("b", "t", event("cancel")),
        user("u"),
        flow("b", "u"),
    ),
    "an error caught outside": line(
        sub("t", start("a"), end("x", event("error", "E")), flow("a", "x")),
        boundary("b", "t", event("error", "E")),
        user("u"),
        flow("b", "u"),
        roots=error("E"),
    ),
    "repetition over a list": line(user("t", instances(collection="lines", item="line", collect="result"))),
    "a condition that waits": line(catch("t", conditional('risk = "high"'))),
    "a link": drawn(start(), throw("t", link("A")), catch("c", link("A")), end(), flow("s", "t"), flow("c", "e")),
    "a call into another file": {
        "a.bpmn": document(process("p", start(), call("t", "q"), end(), flows("s", "t", "e"))),
        "b.bpmn": document(process("q", user("u"))),
    },
    "a partner's pool that is only drawn": {
        "x.bpmn": document(
            process("p", start(), user("t"), end(), flows("s", "t", "e")),
            '<bpmn:process id="partner" isExecutable="false"><bpmn:scriptTask id="z"/><bpmn:complexGateway id="y"/></bpmn:process>',
        )
    },
}
