"""What somebody is told right after completing a task."""

from __future__ import annotations

from tests.support import office as offices


def test_a_completion_says_what_the_system_does_next(tmp_path, sqlite_url):
    office = offices.opened(tmp_path, sqlite_url)
    started, manager = office.follow("a01_rujukan_kesehatan", until="coordinate_provider"), office.actor("case_manager")

    done = office.complete(manager, office.task(started, "coordinate_provider"), {
        "provider": "RSUD A", "provider_kind": "health", "provider_answer": "accepted"})

    assert (done.opened, done.begun) == ((), ("Menerbitkan surat pengantar rujukan",))
    office.database.close()
