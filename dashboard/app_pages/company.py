"""Company: everything known of one company, with the source of every value."""

from dashboard.charts.compare import facts_of
from dashboard.charts.profile import COMPANY
from dashboard.screen import profiles, room, ui

now = ui.view()
one, field, company = profiles.pick_company(now)
profiles.fact_line(one, company)
ui.brief_button(
    one,
    company.company_name,
    ("company-strip", "company-releases"),
    lambda: [
        (fact, said)
        for fact, (said, _) in facts_of(one.selected, one.selection, company.company_id).items()
        if said
    ],
)
profiles.profile_numbers(one, field, company)
ui.chart("company-strip", selection=one.selection, without=(COMPANY,))
with room.pair():
    profiles.key_facts(one, company)
    ui.chart("company-releases", height="stretch", selection=one.selection, without=(COMPANY,))
profiles.company_events(one)
with room.pair():
    profiles.company_people(one)
    profiles.company_labels(one)
if not one.selected["governance_observations"].empty:
    ui.chart("dimension-scores", selection=one.selection)
if not one.selected["benchmark_scores"].empty:
    ui.chart("company-scores", selection=field.selection, without=(COMPANY,))
profiles.company_prices(one)
with room.pair():
    profiles.company_owns(one)
    profiles.company_levers(one)
if not one.selected["company_metrics"].empty:
    ui.chart("metrics-over-time", selection=one.selection)
profiles.company_metrics(one)
profiles.company_claims(one)
profiles.company_sources(one)
profiles.neighbours(now, company.company_id)
