"""The history page's React components, as Reflex components. They stand inside a CounterProvider."""

from clickcounter.components.react import react_component

# Chart, leaders, rounds and clicks.
History = react_component(
    "history/history.jsx",
    "History",
    props=["view", "older", "reply"],
    events={
        "on_look": [
            *("counter", "span", "zone", "round_number", "device", "since", "until", "by_device", "account", "turn"),
            "week_start",
        ],
        "on_page": ["counter", "round_number", "device", "since", "until", "after", "account", "turn"],
        "on_count_presses": ["ask", "device", "counter", "of_device", "account", "since", "until"],
        "on_add_entry": ["ask", "device", "counter", "fields", "key"],
        "on_remove_entry": ["ask", "device", "counter", "key"],
        "on_take_back": ["ask", "device", "counter", "of_device", "account", "since", "until", "reason", "after"],
    },
    packages=["uplot@1.6.32"],
)

# A link to the counter.
BackLink = react_component("history/history.jsx", "BackLink")
