"""The page “Our company”: what one knows of it, its label by the printed rule, what another label would take."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts import ways
from dashboard.charts.governance import DIMENSIONS
from dashboard.charts.kinds.axes import CURRENCIES
from dashboard.charts.ways import QUALIFIER_WORDS
from dashboard.data import overlay, permalink
from dashboard.data.overlay import Overlay, OverlayError
from dashboard.data.selection import COMPANY_TYPES
from dashboard.facts import own_company, what_if
from dashboard.facts.own_company import AGENDAS, INFRASTRUCTURE, LEVERS, SPENDING, WEIGHTS, OwnCompany
from dashboard.look.markdown import plain, shortened
from dashboard.look.theme import MODELS, OWN_SIGN, join_words, model_short, plural
from dashboard.screen import own_state, ui
from dashboard.screen.saving import save_button
from etl.governance_rule import LEVELS, UNDETERMINED, centralisation_index, has_units

_FORM = "_own_form"


def page() -> None:
    """Draws the page."""
    now = ui.view()
    st.title("Our company", anchor=False)
    st.markdown(
        ":gray[And where are we? What you put in stands in every chart, table, comparison and slide, marked "
        f"“{OWN_SIGN.strip()}”, and is counted only where you ask for it.]"
    )
    for words in st.session_state.pop("_own_refused", []):
        st.warning(plain(words), icon=":material/block:")
    mine = own_state.current()
    # Beside the sidebar of a tablet each would be too narrow for its words.
    with st.grid(2, min_column_width=400, gap="medium"):
        with st.container(gap="medium"):
            _form(now)
        with st.container(gap="medium"):
            _at_hand(now, mine)
            _label(_known())


# --- The form ---


def _known() -> OwnCompany:
    """What the form knows: the reader's last words, else the rows at hand, else nothing."""
    known = st.session_state.get(_FORM)
    if known is None:
        mine = own_state.current()
        known = (own_company.read(mine) if mine is not None else None) or OwnCompany(name="")
        st.session_state[_FORM] = known
    return known


def _form(now: ui.View) -> None:
    known = _known()
    # A company opened from a file has widgets of its own.
    at = st.session_state.setdefault("_own_form_number", 0)

    def key(name: str) -> str:
        return f"own-{at}-{name}"

    with st.container(border=True, gap="small", key="own-form"):
        st.subheader("What you know of it", anchor=False)
        name = st.text_input("Name", known.name, key=key("name"), max_chars=60, placeholder="Acme")
        kinds = list(COMPANY_TYPES)
        columns = _places(3, 130)
        kind = columns[0].selectbox(
            "Type",
            kinds,
            kinds.index(known.company_type) if known.company_type in kinds else 0,
            key=key("type"),
            format_func=lambda t: COMPANY_TYPES[t].removesuffix("s"),
        )
        country = columns[1].text_input(
            "Country", known.country, key=key("country"), max_chars=2, help="Two letters, such as DE or CN."
        )
        name_zh = columns[2].text_input("Chinese name", known.name_zh, key=key("zh"), max_chars=60)
        agenda = ""
        if not has_units(kind):
            words = list(AGENDAS)
            agenda = st.selectbox(
                "Who sets the agenda",
                words,
                words.index(known.lab_agenda) if known.lab_agenda in words else 0,
                key=key("agenda"),
                format_func=lambda a: AGENDAS[a],
                help="One model lab has no units to steer: the rule labels it by its agenda.",
            )
        scores = _scores(known, key) if has_units(kind) else {}
        first = permalink.EARLIEST.date()
        newest = now.snapshot.as_of.date()
        since = _day(known.since, newest)
        held = st.date_input(
            "These scores hold since",
            min(max(since, first), newest),
            first,
            newest,
            key=key("since"),
            format="YYYY-MM-DD",
        )
        with st.expander("Who leads AI, models, prices, levers, spending, infrastructure"):
            pair = _places(2, 220)
            lead = pair[0].text_input("Who leads AI", known.lead, key=key("lead"), max_chars=60)
            role = pair[1].text_input("Role", known.lead_role, key=key("role"), max_chars=120)
            lists = _lists(known, key, newest)
        changed = OwnCompany(
            name=" ".join(name.split()),
            company_type=kind,
            name_zh=name_zh.strip(),
            lab_agenda=agenda,
            country=country.strip().upper(),
            scores=scores,
            since=f"{held:%Y-%m-%d}" if isinstance(held, date) else "",
            lead=" ".join(lead.split()),
            lead_role=" ".join(role.split()),
            **lists,
        )
        st.session_state[_FORM] = changed
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Put us in the picture",
                type="primary",
                icon=":material/add_business:",
                key="own-put",
                disabled=not changed.name,
                on_click=_put,
                args=(now, changed),
            )
            st.button("Empty the form", type="tertiary", key="own-empty", on_click=_empty)


def _places(count: int, wide: int) -> list[DeltaGenerator]:
    """Places side by side, under each other where one would be narrower than so many pixels."""
    with st.grid(count, min_column_width=wide, gap="small"):
        return [st.container() for _ in range(count)]


def _day(words: str, default: date) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return default


def _level(words: tuple[str, ...], score: int | None) -> str:
    return "undetermined" if score is None else f"{score} · {words[score]}"


def _scores(known: OwnCompany, key: Any) -> dict[str, int]:
    """The six dimensions with the printed meaning of each score, and the two qualifiers."""
    scores: dict[str, int] = {}
    pairs = list(LEVELS.items())
    for n in range(0, len(pairs), 2):
        for column, (dimension, words) in zip(_places(2, 220), pairs[n : n + 2], strict=False):
            options: list[int | None] = [None, *range(len(words))]
            stated = known.scores.get(dimension)
            score = column.selectbox(
                DIMENSIONS[dimension],
                options,
                options.index(stated) if stated in options else 0,
                key=key(dimension),
                format_func=partial(_level, words),
                placeholder="undetermined",
            )
            if score is not None:
                scores[dimension] = score
    for dimension, question in QUALIFIER_WORDS.items():
        if st.toggle(question, known.scores.get(dimension) == 4, key=key(dimension)):
            scores[dimension] = 4
    return scores


def _lists(known: OwnCompany, key: Any, newest: date) -> dict[str, Any]:
    """Models, levers, spending and infrastructure, as many rows as one knows."""
    models = _rows(
        "Models",
        key("models"),
        pd.DataFrame(
            [(n, WEIGHTS.get(w, ""), _day(d, newest)) for n, w, d in known.models],
            columns=["Model", "Weights", "Released"],
        ).astype({"Model": "str", "Weights": "str"}),
        {
            "Weights": st.column_config.SelectboxColumn(options=list(WEIGHTS.values())),
            "Released": st.column_config.DateColumn(format="YYYY-MM-DD"),
        },
    )
    prices = _rows(
        "List prices of a million tokens, of the models above",
        key("prices"),
        pd.DataFrame(list(known.prices), columns=["Model", "Input", "Output", "Currency"]).astype(
            {"Model": "str", "Input": "float64", "Output": "float64", "Currency": "str"}
        ),
        {"Currency": st.column_config.SelectboxColumn(options=list(own_company.PRICED_IN))},
    )
    levers = _kinds(
        "Commercial levers, the one you lead with first",
        key("levers"),
        known.levers,
        LEVERS,
        "Enterprise",
        "Headline",
    )
    spending = _rows(
        "Spending",
        key("spending"),
        pd.DataFrame(
            [(SPENDING.get(m, ""), y, v, c) for m, y, v, c in known.spending],
            columns=["What", "Year", "Amount", "Currency"],
        ).astype({"What": "str", "Year": "float64", "Amount": "float64", "Currency": "str"}),
        {
            "What": st.column_config.SelectboxColumn(options=list(SPENDING.values())),
            "Year": st.column_config.NumberColumn(min_value=2015, max_value=newest.year, format="%d"),
            "Amount": st.column_config.NumberColumn(help="In whole units: 2,500,000,000", format="localized"),
            "Currency": st.column_config.SelectboxColumn(options=list(CURRENCIES)),
        },
    )
    infrastructure = _kinds(
        "Infrastructure of your own",
        key("infrastructure"),
        known.infrastructure,
        INFRASTRUCTURE,
        "Platform",
        "Name",
    )
    weights, kinds, metrics, items = (
        {words: word for word, words in scale.items()}
        for scale in (WEIGHTS, LEVERS, SPENDING, INFRASTRUCTURE)
    )
    return {
        "models": tuple(
            (_words(r["Model"]), weights.get(_words(r["Weights"]), ""), _iso(r["Released"]))
            for r in models
            if _words(r["Model"])
        ),
        "prices": tuple(
            (_words(r["Model"]), float(r["Input"]), float(r["Output"]), _words(r["Currency"]) or "USD")
            for r in prices
            if _words(r["Model"]) and pd.notna(r["Input"]) and pd.notna(r["Output"])
        ),
        "levers": tuple(
            (kinds.get(_words(r["Kind"]), "enterprise"), _words(r["Headline"]))
            for r in levers
            if _words(r["Headline"])
        ),
        "spending": tuple(
            (metrics[_words(r["What"])], int(r["Year"]), float(r["Amount"]), _words(r["Currency"]) or "USD")
            for r in spending
            if _words(r["What"]) in metrics and pd.notna(r["Year"]) and pd.notna(r["Amount"])
        ),
        "infrastructure": tuple(
            (items.get(_words(r["Kind"]), "platform"), _words(r["Name"]))
            for r in infrastructure
            if _words(r["Name"])
        ),
    }


def _words(cell: object) -> str:
    return "" if cell is None or (isinstance(cell, float) and pd.isna(cell)) else " ".join(str(cell).split())


def _iso(cell: object) -> str:
    return f"{pd.Timestamp(cell):%Y-%m-%d}" if _words(cell) and pd.notna(pd.Timestamp(cell)) else ""  # type: ignore[arg-type]


def _rows(label: str, key: str, frame: pd.DataFrame, config: dict[str, Any]) -> list[dict[str, Any]]:
    st.markdown(f":small[{plain(label)}]")
    # The frame at hand is the one that the widget began with: its changes are on top of that.
    begun = st.session_state.setdefault(f"{key}-begun", frame)
    edited = st.data_editor(
        begun, key=key, num_rows="dynamic", hide_index=True, column_config=config, width="stretch"
    )
    return edited.head(own_company.MOST).to_dict("records")


def _kinds(
    label: str, key: str, known: tuple[tuple[str, str], ...], words: dict[str, str], other: str, name: str
) -> list[dict[str, Any]]:
    """Things of several kinds, each with a name; one of a kind that the form does not offer is `other`."""
    frame = pd.DataFrame([(words.get(k, other), n) for k, n in known], columns=["Kind", name], dtype="str")
    return _rows(label, key, frame, {"Kind": st.column_config.SelectboxColumn(options=list(words.values()))})


# --- What is done with it ---


def _put(now: ui.View, one: OwnCompany) -> None:
    try:
        made = own_company.as_overlay(one, now.tables, now.snapshot.as_of)
    except OverlayError as refused:
        st.session_state["_own_refused"] = list(refused.problems)
        return
    own_state.keep(made)


def _empty() -> None:
    st.session_state.pop(_FORM, None)
    st.session_state["_own_form_number"] = st.session_state.get("_own_form_number", 0) + 1
    st.session_state[_FORM] = OwnCompany(name="")


def _remove() -> None:
    own_state.keep(None)


def _open() -> None:
    """Opens a JSON file, or CSV files of the same tables."""
    files = st.session_state.get("own-file") or []
    if not files:
        return
    try:
        if len(files) == 1 and files[0].name.lower().endswith(".json"):
            made = overlay.from_json(files[0].getvalue(), shortened(files[0].name))
        elif any(f.name.lower().endswith(".json") for f in files):
            raise OverlayError(
                ["Several files were given, JSON among them: expected one JSON file, or CSV files."]
            )
        else:
            made = overlay.of_csv({f.name: f.getvalue() for f in files}, "Own rows")
    except OverlayError as refused:
        st.session_state["_own_refused"] = list(refused.problems[: permalink.NAMED])
        return
    own_state.keep(made)
    st.session_state.pop(_FORM, None)
    st.session_state["_own_form_number"] = st.session_state.get("_own_form_number", 0) + 1


def _at_hand(now: ui.View, mine: Overlay | None) -> None:
    """What is in the picture, as a file to keep, and how to take it out."""
    with st.container(border=True, gap="small", key="own-at-hand"):
        st.subheader("In the picture", anchor=False)
        if now.snapshot.own:
            rows = now.tables[overlay.OWN_ROWS]
            counts = rows["change"].value_counts()
            said = [f"{plural(int(counts[c]), 'row')} {c}" for c in ("added", "replaced") if counts.get(c)]
            st.markdown(f"**{plain(join_words(list(now.snapshot.own)))}**: {join_words(said)}.")
            with st.expander("Every row"):
                st.dataframe(rows, hide_index=True, key="own-rows")
        else:
            st.markdown(":gray[Nothing of your own yet.]")
        if mine is not None:
            stem = own_company.slug(mine.name)
            with st.container(horizontal=True, gap="small"):
                as_json = overlay.to_json(mine).encode()
                save_button("Keep as JSON", as_json, f"{stem}.json", kind="secondary", key="own-json")
                as_tables = overlay.to_zip(mine)
                save_button("As CSV tables", as_tables, f"{stem}.zip", kind="secondary", key="own-csv")
                st.button(
                    "Take it out", icon=":material/delete:", type="tertiary", key="own-out", on_click=_remove
                )
            _address(mine)
        st.file_uploader(
            "Open a file of your own rows",
            type=["json", "csv"],
            accept_multiple_files=True,
            key="own-file",
            on_change=_open,
            max_upload_size=2,
            help="The JSON file that this page saves, or CSV files of the same tables: companies.csv, people.csv …",
        )
        st.markdown(
            ":small[:gray[It is held in this visit; the server stores and logs none of it. A deck that shows it says "
            "whose numbers they are and brings them to its next refresh.]]"
        )


def _address(mine: Overlay) -> None:
    if not overlay.encode(mine):
        st.markdown(":small[:gray[Too large for an address: keep the file to open it again.]]")
        return
    widget = "own-in-address"
    st.toggle(
        "In the address, too",
        bool(own_state.word()),
        key=widget,
        on_change=lambda: own_state.in_address(bool(st.session_state[widget])),
        help="A link or a reload then brings it back. Whoever gets the link sees the numbers, and so does the log of a "
        "proxy that writes addresses down.",
    )


def _label(one: OwnCompany) -> None:
    """Label and index of the form's company, and what another label would take."""
    with st.container(border=True, gap="small", key="own-label"):
        st.subheader("By the printed rule", anchor=False)
        model = one.model_id
        index = centralisation_index(one.scores) if has_units(one.company_type) else None
        said = f"**{model_short(model)}**"
        if index is not None:
            said += f" · centralisation index {index:.0f} of 100"
        elif has_units(one.company_type):
            said += (
                " · no index: it needs three scores, decision authority and base-model strategy among them"
            )
        st.markdown(said)
        st.markdown("**What would it take?**")
        if not has_units(one.company_type):
            st.markdown(f":gray[{ways.NO_UNITS}]")
            return
        targets = [
            m.id for m in MODELS if m.id not in (model, UNDETERMINED) and what_if.ways_to(one.scores, m.id, 1)
        ]
        target = st.selectbox(
            "To be called", targets, key="own-target", format_func=model_short, label_visibility="collapsed"
        )
        if target is None:
            return
        for n, way in enumerate(what_if.ways_to(one.scores, target)):
            st.markdown(("or " if n else "") + plain(ways.in_words(way)))
        st.markdown(f":small[:gray[{ways.BY_RULE}]]")
