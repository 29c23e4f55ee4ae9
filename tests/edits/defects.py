"""Edits that plant a fault of issue 5's list: soundness, people, times, hands, referrals, Simfoni, mediation, consent, secrecy."""

from __future__ import annotations

from tests.edits.draft import (
    Draft,
    Stroke,
    ask_no_more,
    beside,
    cut,
    enter,
    erase,
    give_time,
    hand_to,
    join,
    lead,
    leave,
    node_on,
    say,
    set_field,
    take_time,
    timed,
    turn_into,
    when,
    write,
)
from tests.edits.edit import Edit, Told
from tests.edits.harmless_steps import DEPOK, KALBAR, KONSULTASI, MEDIASI, PENGADUAN, SAPA, TEBING

BANDUNG = "bandung/pengelolaan-kasus"


def drop(element_id: str) -> Stroke:
    return lambda draft: erase(draft, element_id)


def no_way_out(flow: str, form: str) -> tuple[Stroke, ...]:
    """Two steps that lead to each other only, each with a person: nobody who goes there comes back."""
    return (node_on(flow, "exclusiveGateway", "is_asked_again", "Ditanya lagi?"),
            beside("is_asked_again", "userTask", "ask_first", name="Bertanya", form=form),
            beside("is_asked_again", "userTask", "ask_second", name="Bertanya lagi", form=form),
            join("is_asked_again", "ask_first", 'risk = "high"'), join("ask_first", "ask_second"), join("ask_second", "ask_first"))


def spins(flow: str) -> tuple[Stroke, ...]:
    """Two gateways that lead to each other: nobody and nothing in between that could change the answer."""
    def back(draft: Draft) -> None:
        target = draft.node(flow).get("targetRef")
        node_on(flow, "exclusiveGateway", "weighed")(draft)
        node_on(f"weighed__{target}", "exclusiveGateway", "is_weighed_again", "Timbang lagi?")(draft)
        join("is_weighed_again", "weighed", 'risk = "high"')(draft)
    return (back,)


def off_lane(step: str) -> Stroke:
    def stroke(draft: Draft) -> None:
        entry = next(entry for entry in draft.tree_of(step).iter("{*}flowNodeRef") if (entry.text or "").strip() == step)
        entry.getparent().remove(entry)
    return stroke


def bare(step: str, key: str) -> tuple[Stroke, ...]:
    """A step nobody is led to."""
    return (beside(step, "userTask", key, name="Memberi tahu keluarga", form="document_case"), join(key, step))


# sop, joining gateway that waits for branches of which only one ever comes
DEADLOCKS = [(KALBAR, "family_settled"), (KALBAR, "safety_settled"), (TEBING, "emergency_settled"), (TEBING, "papers_settled"),
             (DEPOK, "safety_settled"), (DEPOK, "ready_to_decide"), (SAPA, "emergency_settled"), (MEDIASI, "is_mediation_held"),
             (PENGADUAN, "intake_is_safe")]
# sop, joining gateway that lets each of several tokens pass
LOST = [(KALBAR, "duties_done"), (SAPA, "services_watched"), (DEPOK, "ways_done")]
# sop, flow, form
LOOPS = [(KALBAR, "acknowledge_completion__case_may_close", "check_and_forward"), (DEPOK, "issue_case_summary__invite_survey", "invite_survey"),
         (SAPA, "invite_survey__document_case", "invite_survey"), (KONSULTASI, "close_consultation__issue_closing_letter", "tell_options"),
         (TEBING, "document_case__issue_handling_document", "assign_companion")]
SPINS = [(KALBAR, "review_results__what_did_review_find"), (TEBING, "assign_companion__issue_assignment_letter"),
         (DEPOK, "decide_mode__assign_companion"), (SAPA, "decide_services__which_way"), (MEDIASI, "mediation_hold__mediation_minutes")]
BARE = [(KALBAR, "document_case"), (TEBING, "document_case"), (DEPOK, "document_case"), (SAPA, "document_case")]
# sop, lane, role before
NOBODY = [(KALBAR, "Operator/Penerima Pengaduan", "intake_operator"), (DEPOK, "Kepala UPTD PPA", "case_authority"),
          (KONSULTASI, "Ketua Puspaga", "puspaga_head")]
# sop, form; the step that enters Simfoni is the one that fills it
SIMFONI = [(KALBAR, "document_case"), (TEBING, "document_case"), (DEPOK, "document_case"), (SAPA, "document_case")]
# sop, flow of a branch beside the one that writes the same answer, form of the new step
TWICE = [(KALBAR, "start_management__legal_duties", "review_results"), (SAPA, "watch_services__supervise_companions", "review_results"),
         (DEPOK, "open_case__assign_case_number", "review_case"), (TEBING, "open_case__legal_duties", "review_case")]
# sop, step that approves, lane of who did the work, whose that lane is already
HANDS = [(KALBAR, "approve_plan", "Manajer Kasus", "Pendamping PPA"), (KALBAR, "approve_family_skip", "Manajer Kasus", "Pendamping PPA"),
         (TEBING, "decide_termination", "Penyetuju terminasi", "Pengusul terminasi"),
         (DEPOK, "approve_transfer", "Penyetuju pelimpahan", "Petugas penyerah"),
         (SAPA, "approve_plan", "Penyetuju adaptasi rencana", "Pendamping PPA"),
         (BANDUNG, "decide_termination", "Penyetuju terminasi", "Pengusul terminasi")]
# sop, step with a printed time standard that nothing measures any more
UNTIMED = [(KALBAR, "document_case"), (KALBAR, "approve_case_report"), (SAPA, "decide_and_hand_over"), (TEBING, "identify_and_plan")]
# sop, step, ISO length, words, what they said before
AT_ODDS = [(KALBAR, "document_case", "PT45M", "30 menit", "30 menit (jam kerja"),
           (KALBAR, "hand_over_referral", "PT3H", "30 Menit", "30 Menit (jam kerja"),
           (SAPA, "decide_and_hand_over", "P10D", "5 Hari kerja", "5 Hari kerja (hari kerja"),
           (TEBING, "identify_and_plan", "PT48H", "24 Jam", "24 Jam (siang malam")]
# sop, flow that goes round the step where she is asked, where it leads now
ROUND_CONSENT = [(KALBAR, "family_settled__is_consent_there", "special_consents"), (KONSULTASI, "which_status__agree_referral", "refer_client"),
                 (MEDIASI, "is_mediation_ready__mediation_consent", "mediation_hold"),
                 (SAPA, "propose_consent_giver__record_service_consent", "decide_and_hand_over"),
                 (TEBING, "is_case_transferred__transfer_consent", "transfer_case"),
                 (PENGADUAN, "intake_beside__propose_consent_giver", "intake_assess")]
# sop, flow, step whose very name tells a secret
TELLING = [(KALBAR, "explain_options__case_may_close", "explain_options"), (DEPOK, "issue_case_summary__invite_survey", "invite_survey"),
           (SAPA, "explain_delay__delay_explained", "explain_delay"), (TEBING, "issue_assignment_letter__is_case_transferred", "assign_companion")]

WEAKENED = Told("consent_weakened", "*", grave=True)

EDITS: list[Edit] = [
    *(Edit(sop=sop, what=f"{gateway} waits for every branch", strokes=(turn_into(gateway, "parallelGateway"),),
           told=(Told("behaviour_changed", gateway),), defect="deadlock") for sop, gateway in DEADLOCKS),
    *(Edit(sop=sop, what=f"{gateway} waits for nothing", strokes=(turn_into(gateway, "exclusiveGateway"),),
           told=(Told("behaviour_changed", gateway),), defect="lost-token") for sop, gateway in LOST),
    *(Edit(sop=sop, what=f"no way out after {flow}", strokes=no_way_out(flow, form), defect="loop-without-exit",
           told=(Told("node_added", "is_asked_again"), Told("step_added", "ask_first"), Told("step_added", "ask_second")))
      for sop, flow, form in LOOPS),
    *(Edit(sop=sop, what=f"spins after {flow}", strokes=spins(flow), defect="cycle-without-person") for sop, flow in SPINS),
    *(Edit(sop=sop, what="a step nobody is led to", strokes=bare(step, "tell_family"), defect="unreachable",
           told=(Told("step_added", "tell_family"),)) for sop, step in BARE),
    Edit(sop=KONSULTASI, what="a line is cut", strokes=(cut("visit_client__close_consultation"),),
         defect="no-end-event", told=(Told("order_changed", "visit_client"),)),
    *(Edit(sop=sop, what=f"{lane} is nobody", strokes=(write("sop.toml", f'"{lane}" = "{role}"\n', ""),), defect="role-without-people",
           told=(Told("role_changed", "", role, ""),))
      for sop, lane, role in NOBODY),
    Edit(sop=SAPA, what="a role there is not", strokes=(write("sop.toml", '"documenter"', '"sherpa"'),), defect="role-unknown",
         told=(Told("role_changed", "", "documenter", "sherpa"),)),
    Edit(sop=KALBAR, what="a role this agency has nobody for", strokes=(write("sop.toml", '"intake_operator"\n', '"mediator"\n'),),
         defect="role-without-people", told=(Told("role_changed", "", "intake_operator", "mediator"),)),
    *(Edit(sop=sop, what=f"{step} stands in no lane", strokes=(off_lane(step),), defect="outside-lane",
           told=(Told("lane_changed", step),)) for sop, step in [(KALBAR, "document_case"), (DEPOK, "assign_companion"), (KONSULTASI, "check_file")]),
    *(Edit(sop=sop, what=f"{step} is measured by nothing", strokes=(take_time(step),), told=(Told("time_removed", step),),
           defect="time-missing") for sop, step in UNTIMED),
    *(Edit(sop=sop, what=f"{step}: {words} counted as {length}", strokes=(timed(step, length),), defect="time-contradictory",
           told=(Told("time_changed", step, was),)) for sop, step, length, words, was in AT_ODDS),
    Edit(sop=SAPA, what="a step has longer than all of it", strokes=(give_time("decide_services", "P10D", "10 hari kerja", "working_days"),),
         told=(Told("time_added", "decide_services", None, "10 hari kerja (hari kerja"),), defect="time-contradictory"),
    Edit(sop=TEBING, what="a step has longer than all of it", strokes=(give_time("review_case", "PT72H", "72 jam", "elapsed"),),
         told=(Told("time_added", "review_case", None, "72 jam (siang malam"),), defect="time-contradictory"),
    *(Edit(sop=sop, what=f"{step} by who did the work", strokes=(hand_to(step, now),), told=(Told("lane_changed", step, was, now, True),),
           defect="one-hand") for sop, step, was, now in HANDS),
    Edit(sop=KALBAR, what="no time for the provider's answer", strokes=(take_time("coordinate_provider"),), defect="referral-without-deadline",
         told=(Told("time_removed", "coordinate_provider"),)),
    *(Edit(sop=sop, what="no time for the provider's answer", strokes=(drop("reply_deadline__notify_no_reply"), drop("reply_deadline")),
           defect="referral-without-deadline", told=(Told("node_removed", "reply_deadline"),)) for sop in (TEBING, DEPOK, SAPA)),
    *(Edit(sop=sop, what="Simfoni is not asked for", strokes=(ask_no_more(form, "simfoni_updated"), ask_no_more(form, "simfoni_reference")),
           defect="simfoni-missing", told=(Told("field_removed", "", "simfoni_updated"), Told("field_removed", "", "simfoni_reference")))
      for sop, form in SIMFONI),
    Edit(sop=PENGADUAN, what="Simfoni is left out", strokes=(leave("intake_simfoni"),), defect="simfoni-missing",
         told=(Told("step_removed", "intake_simfoni"),)),
    Edit(sop=MEDIASI, what="what is forbidden goes on", defect="mediation-in-sexual-violence",
         strokes=(when("may_be_mediated__where_to_mediate", 'mediation_gate = "allowed" or mediation_gate = "forbidden"'),),
         told=(Told("condition_changed", "may_be_mediated", 'mediation_gate = "allowed"',
                    'mediation_gate = "allowed" or mediation_gate = "forbidden"'),)),
    Edit(sop=MEDIASI, what="the forbidden way leads to mediation", strokes=(lead("may_be_mediated__mediation_forbidden", "where_to_mediate"),),
         told=(Told("order_changed", "may_be_mediated"),), defect="mediation-in-sexual-violence"),
    Edit(sop=MEDIASI, what="the table allows it", strokes=(write("d08-mediasi.dmn", '"forbidden"', '"allowed"'),),
         told=(Told("decision_row_changed"),), defect="mediation-in-sexual-violence"),
    Edit(sop=MEDIASI, what="nobody weighs it", strokes=(lead("mediation_wanted__mediation_check", "where_to_mediate"),),
         told=(Told("order_changed", "mediation_wanted"),), defect="mediation-in-sexual-violence"),
    *(Edit(sop=sop, what=f"{form} is filled in beside", strokes=(enter(flow, "review_beside", "Mereviu di samping", form),),
           told=(Told("step_added", "review_beside"),), defect="parallel-write") for sop, flow, form in TWICE),
    *(Edit(sop=sop, what=f"{flow} goes round consent", strokes=(lead(flow, target),), told=(WEAKENED, Told("order_changed", "*")),
           defect="consent-gate-removed")
      for sop, flow, target in ROUND_CONSENT),
    Edit(sop=DEPOK, what="her consent does not count", defect="consent-gate-removed", told=(
        WEAKENED, Told("condition_changed", "is_plan_agreed", grave=True)),
        strokes=(when("is_plan_agreed__coordinate_case_management", 'plan_agreement = "agreed"'),)),
    Edit(sop=KALBAR, what="nobody records her consent", strokes=(leave("record_consent"),), defect="consent-gate-removed",
         told=(WEAKENED, Told("step_removed", "record_consent", None, "", True))),
    Edit(sop=KALBAR, what="consent may stay open", strokes=(set_field("record_consent", "consent_status", required=False),),
         told=(WEAKENED, Told("field_changed", "", None, None, True)), defect="consent-gate-removed"),
    *(Edit(sop=sop, what="a telling step stands open", defect="sensitive-not-wrapped", told=(Told("step_added", "report_crime"),),
           strokes=(enter(flow, "report_crime", "Melaporkan dugaan TPKS", form), say("report_crime", "sensitivity", "C3")))
      for sop, flow, form in TELLING),
]
