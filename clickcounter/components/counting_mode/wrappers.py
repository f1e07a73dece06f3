"""Counting mode's React component, as a Reflex component."""

from clickcounter.components.react import react_component

# Shows its children, the counter's page; in counting mode, the whole screen as a button.
CountingMode = react_component("counting_mode/entrance.jsx", "CountingMode")
