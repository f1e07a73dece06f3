"""The display's React component, as a Reflex component."""

from clickcounter.components.react import react_component

# Title, QR code and connection status around its children: the number, and the counters of a group.
Display = react_component(
    "display/display.jsx",
    "Display",
    props=["about", "reply", "texts"],
    events={"on_share": ["ask", "counter", "origin"]},
)
