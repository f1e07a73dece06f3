"""The React components of the list of counters, as Reflex components.

They render on the server too, so that the first paint is the page.
"""

from clickcounter.components.react import react_component

# Connects the list to its state; the other components stand inside it.
ListProvider = react_component(
    "list/list_provider.jsx",
    "ListProvider",
    props=["board", "pulse", "reply", "disconnected", "texts"],
    events={
        "on_look": ["search", "archived", "before", "device"],
        "on_nudge": [],
        "on_make": ["ask", "device", "fields", "key"],
        "on_change": ["ask", "device", "counter", "fields"],
        "on_change_parts": ["ask", "device", "counter", "changes"],
        "on_archive": ["ask", "device", "counter"],
        "on_restore": ["ask", "device", "counter"],
        "on_delete": ["ask", "device", "counter", "name"],
    },
)

ConnectionStatus = react_component("list/toolbar.jsx", "ConnectionStatus", props=["texts"])

# How many counters there are, or how many were found.
Total = react_component("list/toolbar.jsx", "Total", props=["texts"])

# Searches, and creates a counter of the name that was typed.
Search = react_component("list/toolbar.jsx", "Search", props=["texts"])

# In use, or archived.
ArchiveSwitch = react_component("list/toolbar.jsx", "ArchiveSwitch", props=["texts"])

# Newer and older counters.
Paging = react_component("list/toolbar.jsx", "Paging", props=["texts"])

# A button and the form that it opens.
NewCounter = react_component("list/new_counter.jsx", "NewCounter", props=["texts"])

# A button, and the dialog that opens with a file.
ImportFile = react_component("list/import_file.jsx", "ImportFile", props=["texts"])

# Chooses several counters for a board.
BoardChoice = react_component("list/board_choice.jsx", "BoardChoice", props=["texts"])

# The counters.
Rows = react_component("list/rows.jsx", "Rows", props=["texts"])
