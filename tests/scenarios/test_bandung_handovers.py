"""Bandung's services hand a case on by messages: it stays one case, and nothing is asked of her twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import engine as front_door
from engine import Stage, scenario
from tests.scenarios.shipped import ROOT
from webui import stage

BANDUNG = ROOT / "bandung"


def story(sop: str, name: str) -> front_door.Scenario:
    return front_door.read_scenario((BANDUNG / sop / "scenarios" / f"{name}.toml").read_bytes())


@contextmanager
def unit(told: front_door.Scenario, *sops: str) -> Iterator[Stage]:
    """The unit with these SOPs in force; the first is the one the story is about."""
    with stage.raised(BANDUNG / sops[0], told.at) as raised:
        for sop in sops[1:]:
            raised.engine.sops.deploy(raised.engine.people.operator(), front_door.SopBundle.from_dir(BANDUNG / sop))
        yield raised


def waiting(raised: Stage, case_id: str | None) -> list[str]:
    """What is open in the case, by element."""
    assert case_id is not None
    return sorted(task.element_id for task in raised.engine.cases.get(raised.actor_of("supervisor"), case_id).open_tasks)


def do(raised: Stage, element_id: str, role: str, case_id: str | None, **submission: object) -> None:
    """Somebody of `role` completes the one open task of an element of the case."""
    actor = raised.actor_of(role)
    (task,) = [one for one in scenario.inbox(raised, [actor]) if (one.element_id, one.case_id) == (element_id, case_id)]
    claimed = raised.engine.tasks.claim(actor, task.id)
    raised.engine.tasks.complete(actor, task.id, submission, expected_revision=claimed.revision)
    raised.work()


def test_what_outreach_found_is_registered_without_a_second_assessment() -> None:
    told = story("penjangkauan-korban", "a17_verifikasi_gagal_dahulu")
    with unit(told, "penjangkauan-korban", "pengaduan-masyarakat") as raised:
        result = front_door.play_scenario(told, raised, key="penjangkauan-korban", only_steps=len(told.steps))
        assert result.problems == ()
        assert waiting(raised, result.case_id) == ["intake_receive"]

        do(raised, "intake_receive", "intake_operator", result.case_id)
        assert waiting(raised, result.case_id) == ["intake_simfoni"]


def test_an_unclear_report_is_looked_into_where_she_lives() -> None:
    told = story("pengaduan-masyarakat", "perlu_diverifikasi")
    with unit(told, "pengaduan-masyarakat", "penjangkauan-korban") as raised:
        result = front_door.play_scenario(told, raised, key="pengaduan-masyarakat", only_steps=len(told.steps))
        assert result.problems == ()
        assert waiting(raised, result.case_id) == ["outreach_information"]


def test_the_emergency_comes_before_the_papers_whoever_tries() -> None:
    told = story("pengaduan-masyarakat", "a16_risiko_tinggi_dan_penampungan")
    with unit(told, "pengaduan-masyarakat") as raised:
        result = front_door.play_scenario(told, raised, key="pengaduan-masyarakat", only_steps=2)
        assert result.problems == ()
        assert waiting(raised, result.case_id) == ["emergency_response"]
