"""Company: everything known of one company, with the source of every value."""

from dashboard.charts.profile import COMPANY
from dashboard.screen import chart_card, profile_lists, profiles, room, ui, ui_brief

now = ui.view()
one, field, company = profiles.pick_company(now)
profiles.fact_line(one, company)
ui_brief.brief(now, one, company.company_id)
profiles.profile_numbers(one, field, company)
chart_card.chart("company-strip", selection=one.selection, without=(COMPANY,))
with room.pair():
    profiles.key_facts(one, company)
    chart_card.chart("company-releases", selection=one.selection, without=(COMPANY,))
profile_lists.company_events(one)
with room.pair():
    profile_lists.company_people(one)
    profile_lists.company_labels(one)
profiles.chart_of("dimension-scores", one, "governance_observations")
profiles.chart_of("company-scores", one, "benchmark_scores", selection=field.selection, without=(COMPANY,))
profile_lists.company_prices(one)
with room.pair():
    profile_lists.company_owns(one)
    profile_lists.company_levers(one)
profiles.chart_of("metrics-over-time", one, "company_metrics")
profile_lists.company_metrics(one)
profile_lists.company_claims(one)
profile_lists.company_sources(one)
profiles.neighbours(now, company.company_id)
