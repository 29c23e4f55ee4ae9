"""Forms that keep what was typed into them and not sent: per person and form, with its files, until it is sent or thrown away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Response, flash, jsonify, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from engine.results import FormView
from engine.types import Value
from webui import context, forms, versions, words

#: Of a route that keeps drafts.
Answer = AnyResponse | tuple[Response | str, int]


@dataclass(frozen=True, kw_only=True)
class FormDraft:
    """A form, and what this person typed into it. `save` and `forget` are the engine's; `is_kept_now`: the posted page is kept in it."""

    form: FormView
    values: Mapping[str, Value]
    saved_at: datetime | None
    save: Callable[[Mapping[str, Any]], datetime]
    forget: Callable[[], None]
    is_kept_now: bool = False

    @property
    def is_the_pages(self) -> bool:
        """Whether the page that is drawn, or was posted, is of this draft: of another window's it takes no file."""
        seen = request.form.get("draft_seen")
        return self.is_kept_now or seen is None or self.saved_at is None or seen == self.saved_at.isoformat()

    @property
    def seen(self) -> str:
        """Which draft the page is of, so that one typed in another window does not take its place unseen."""
        if not self.is_the_pages:
            return request.form["draft_seen"]
        return self.saved_at.isoformat() if self.saved_at is not None else ""

    @property
    def told(self) -> str:
        """Which draft of another window the page shows beside its own answers."""
        return self.saved_at.isoformat() if self.saved_at is not None and not self.is_the_pages else ""

    @property
    def is_taken_up(self) -> bool:
        """Whether a page that somebody opens brings back what they typed earlier, which may have been about somebody else."""
        return request.method == "GET" and any(self.values.get(field.key) not in (None, "", [], {}) for field in self.form.fields)

    @property
    def _of_the_page(self) -> Mapping[str, Value]:
        return self.values if self.is_the_pages else {}

    def shown(self, known: Mapping[str, Value]) -> dict[str, Value]:
        """What the form opens with: what was typed; where nothing was, what is known."""
        return dict(self.values if self.saved_at is not None else known)

    def typed(self, *, remove_row: str = "") -> dict[str, Value]:
        """The submission in the posted page, with the files that its draft holds."""
        typed = forms.read(self.form, request.form, request.files, remove_row=remove_row)
        return forms.with_kept_files(self.form, typed, self._of_the_page, forms.taken_out(self.form, request.form))

    def keep(self, typed: Mapping[str, Any], problems: Mapping[str, str] | None = None) -> FormDraft:
        """The draft with what was typed, but for files that were refused: each would be refused at every later sending."""
        good = forms.without_refused_files(self.form, dict(typed), problems or {}, self._of_the_page)
        return replace(self, values=good, saved_at=self.save(good), is_kept_now=True)

    def written_elsewhere(self, typed: Mapping[str, Value]) -> list[versions.Line]:
        """As the function of that name, of this form."""
        return written_elsewhere(self.form, typed, self.values, self.saved_at)

    @property
    def elsewhere(self) -> str:
        """What is said where it was."""
        return elsewhere_words(self.saved_at)


def of_case(form: FormView, case_id: str, name: str) -> FormDraft:
    """The draft of a form of a case, named as `engine.cases.form_draft` wants it."""
    cases, actor = context.engine().cases, context.actor()
    values, saved_at = cases.form_draft(actor, case_id, name)
    return FormDraft(form=form, values=values, saved_at=saved_at, save=lambda typed: cases.save_form_draft(actor, case_id, name, typed),
                     forget=lambda: cases.drop_form_draft(actor, case_id, name))


def of_start(form: FormView, key: str) -> FormDraft:
    """The draft of a start form, which belongs to no case yet."""
    cases, actor = context.engine().cases, context.actor()
    values, saved_at = cases.start_draft(actor, key)
    return FormDraft(form=form, values=values, saved_at=saved_at, save=lambda typed: cases.save_start_draft(actor, key, typed),
                     forget=lambda: cases.drop_start_draft(actor, key))


def written_elsewhere(form: FormView, typed: Mapping[str, Value], draft: Mapping[str, Value],
                      saved_at: datetime | None) -> list[versions.Line]:
    """Where this person's draft was saved from another window since this page was drawn and says something else: both, side by side. Once
    told, a person may send what the page holds; the autosave does not decide that for them."""
    seen, told = request.form.get("draft_seen"), "" if wants_json() else request.form.get("draft_told", "")
    if seen is None or saved_at is None or saved_at.isoformat() in (seen, told):
        return []
    beside = versions.side_by_side(form, typed, draft)
    return beside if any(line.differs for line in beside) else []


def elsewhere_words(saved_at: datetime | None) -> str:
    """What is said then."""
    return _("Isian ini juga disimpan dari jendela atau perangkat lain, %(at)s. Yang berbeda ditandai; kirim lagi bila isian di "
             "halaman ini yang benar.", at=words.clock(saved_at) if saved_at is not None else "")


def wants_json() -> bool:
    """Whether the page's script asks, which shows a line, and not a person."""
    return request.accept_mimetypes.best == "application/json"


def answer(draft: FormDraft, back: str, page: Callable[[FormDraft, Mapping[str, Value], Sequence[versions.Line]], str],
           beside_the_form: Mapping[str, Value] | None = None) -> Answer:
    """What the route of a draft answers: the button, the autosave, and throwing it away. `page` draws the form again where somebody typed
    something else in another window; `beside_the_form` is kept with it."""
    typed = draft.typed()
    if beside := draft.written_elsewhere(typed):
        if wants_json():
            return jsonify(code="draft-elsewhere", text=elsewhere_words(draft.saved_at)), 409
        return page(draft, typed, beside), 409
    if request.form.get("drop"):
        draft.forget()
        return redirect(back, code=303)
    kept = draft.keep({**typed, **(beside_the_form or {})})
    if wants_json():
        assert kept.saved_at is not None
        return jsonify(text=words.clock(kept.saved_at), at=kept.seen)
    flash("start-draft", "ok")
    return redirect(back, code=303)

