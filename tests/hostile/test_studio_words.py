"""Words of an SOP that are markup, or names of Python's: on every page of the studio, in its drawing and in public they stay words."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from flask import render_template_string

from engine.bundle import SopBundle
from tests.hostile.test_studio_files import RAW
from tests.support import office as offices
from tests.web import test_sop_drafts
from tests.web.test_sop_drafts import DIAGRAM, House

house = test_sop_drafts.house  # the fixture

BAD = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'><svg onload=alert(3)>{{7*7}}'
_NAMED = re.compile(r'(<bpmn:(?:userTask|serviceTask|exclusiveGateway|sequenceFlow|subProcess|boundaryEvent|process|participant) [^>]*?name=")[^"]*')
_TEXTS = re.compile(r"(<bpmn:(?:text|documentation)>)[^<]*")


def bad_words(form: Any) -> Any:
    """The form with every text that people read replaced."""
    if isinstance(form, list):
        return [bad_words(one) for one in form]
    if not isinstance(form, dict):
        return form
    return {key: {"id": BAD, "en": BAD} if key in ("title", "label", "help", "group") else bad_words(value) for key, value in form.items()}


def bad_sop() -> SopBundle:
    """Kalbar's SOP, which runs as before and says nothing else than `BAD`."""
    files = {path: data for path, data in SopBundle.from_dir(offices.SOP).files.items() if not path.startswith("scenarios/")}
    drawn = files[DIAGRAM].decode()
    for pattern in (_NAMED, _TEXTS):
        drawn = pattern.sub(lambda found: found[1] + html.escape(BAD), drawn)
    titled = re.sub(r"title = \{[^}]*\}", lambda _: f"title = {{ id = {json.dumps(BAD)}, en = {json.dumps(BAD)} }}", files["sop.toml"].decode(), count=1)
    forms = {path: json.dumps(bad_words(json.loads(data))).encode() for path, data in files.items()
             if path.startswith("forms/") and path.endswith(".json")}
    return SopBundle.from_files({**files, **forms, DIAGRAM: drawn.encode(), "sop.toml": titled.encode()})


def test_markup_in_an_sop_is_read_and_never_obeyed(house: House) -> None:
    owner, sops = house.person("process_owner"), house.office.engine.sops
    before = sops.list(house.office.actor("process_owner"))[0].deployment_id
    draft = sops.save_draft(house.office.actor("process_owner"), bad_sop().files).summary.id
    trial = owner.post(f"/sop/coba/buka/{draft}", on=f"/sop/draf/{draft}").headers["Location"]
    pages = ["/sop", f"/sop/draf/{draft}", f"/sop/gambar/{draft}", f"/sop/formulir/{draft}", f"/sop/banding/{before}/{draft}",
             f"/sop/akibat/{draft}", f"/sop/{draft}/ekspor.svg", trial]
    sops.deploy(house.office.engine.people.operator("kalbar"), bad_sop())
    newest = sops.list(house.office.actor("process_owner"))[0].deployment_id
    for path in (*pages, f"/sop/{newest}", "/publik/kalbar/sop", "/publik/kalbar/sop/pengelolaan-kasus", "/publik/kalbar/janji"):
        said = owner.get(path)
        assert said.status_code == 200 and not RAW.search(said.text), path
        assert "alert(1)" in html.unescape(said.text) and "{{7*7}}" in html.unescape(said.text), path


def test_a_key_in_a_template_is_never_the_name_of_an_attribute(house: House) -> None:
    with house.app.test_request_context():
        for name in ("items", "values", "keys", "pop", "__class__", "__init__"):
            assert render_template_string("{{ row[name] }}|{{ row[name] or 'nothing' }}", row={"a": 1}, name=name) == "|nothing"
            assert render_template_string("{{ row[name] }}", row={name: "x"}, name=name) == "x"
        assert render_template_string("{{ rows[1] }}{{ rows[7] }}", rows=["a", "b"]) == "b"
