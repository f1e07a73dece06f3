"""The board's React components, as Reflex components."""

from clickcounter.components.react import react_component

# Connects the board to the state; the other components stand inside it. `messages` is all that was sent for the state.
BoardProvider = react_component(
    "board/board_provider.jsx",
    "BoardProvider",
    props=["messages", "reply", "disconnected", "texts"],
    events={
        "on_record": ["counter", "device", "sent_at", "clicks", "offset"],
        "on_follow": ["counters", "device"],
        "on_make": ["ask", "device", "fields", "key"],
        "on_nudge": [],
    },
)

ConnectionStatus = react_component("board/board.jsx", "ConnectionStatus", props=["texts"])

# The counters, what stands above them and below.
Board = react_component("board/board.jsx", "Board")
