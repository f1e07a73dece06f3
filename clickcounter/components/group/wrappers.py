"""The React components of groups, as Reflex components."""

from clickcounter.components.react import react_component

# The counters of a group, each with its number; nothing for other counters.
GroupParts = react_component(
    "group/group_parts.jsx",
    "GroupParts",
    props=["messages", "texts"],
    events={"on_parts": ["ask", "counter"], "on_follow": ["counters", "device"]},
)
