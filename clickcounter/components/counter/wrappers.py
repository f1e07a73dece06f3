"""The counter page's React components, as Reflex components.

They render on the server too, so that the first paint is the page.
"""

from clickcounter.components.react import react_component

# Connects the page's store to its state; the other components stand inside it, and take their texts from it.
CounterProvider = react_component(
    "counter/counter_provider.jsx",
    "CounterProvider",
    props=["frame", "about", "answer", "mine", "own", "disconnected", "texts"],
    events={
        "on_record": ["counter", "device", "sent_at", "clicks", "offset"],
        "on_introduce": ["counter", "device"],
        "on_report_times": ["times"],
        "on_nudge": [],
    },
)

# The button, with the arc of the progress around it.
ClickButton = react_component("counter/click_button.jsx", "ClickButton")

# Undo and minus.
SideButtons = react_component("counter/side_buttons.jsx", "SideButtons")

# The number.
Count = react_component("counter/count.jsx", "Count")

ConnectionStatus = react_component("counter/status.jsx", "ConnectionStatus", props=["texts"])

# What the counter counts.
Title = react_component("counter/status.jsx", "Title", props=["texts"])

# How many people are watching.
WatcherCount = react_component("counter/status.jsx", "WatcherCount", props=["texts"])

# Who pressed last, where the counter shows it.
LastPress = react_component("counter/status.jsx", "LastPress")

# When the round ends by itself, if it does.
NextReset = react_component("counter/status.jsx", "NextReset")

# What is not saved yet, or what went wrong; how far it is to the goal.
StatusNote = react_component("counter/status_note.jsx", "StatusNote")

# The menu, and the dialogs that it opens. Its children stand at the menu's end on small screens.
CounterMenu = react_component(
    "counter/menu.jsx",
    "CounterMenu",
    props=["reply", "access"],
    events={
        "on_change": ["ask", "device", "counter", "fields"],
        "on_archive": ["ask", "device", "counter"],
        "on_restore": ["ask", "device", "counter"],
        "on_delete": ["ask", "device", "counter", "name"],
        "on_reset": ["ask", "device", "counter", "round_id"],
        "on_correct": ["ask", "device", "counter", "round_id", "key", "value", "reason"],
        "on_add_entry": ["ask", "device", "counter", "fields", "key"],
        "on_name_device": ["ask", "device", "label"],
        "on_devices": ["ask", "counter"],
        "on_share": ["ask", "counter", "origin"],
        "on_parts": ["ask", "counter"],
        "on_change_parts": ["ask", "device", "counter", "changes"],
        "on_members": ["ask", "device", "counter", "after"],
        "on_set_role": ["ask", "device", "counter", "account", "role"],
        "on_invite": ["ask", "device", "counter"],
        "on_revoke": ["ask", "device", "counter"],
        "on_accept": ["ask", "device", "counter", "token"],
        "on_claim": ["ask", "device", "counter"],
        "on_webhooks": ["ask", "device", "counter"],
        "on_add_webhook": ["ask", "device", "counter", "url", "events", "key"],
        "on_test_webhook": ["ask", "device", "counter", "webhook"],
        "on_remove_webhook": ["ask", "device", "counter", "webhook"],
    },
)

# Opens the menu.
MenuButton = react_component("counter/menu.jsx", "MenuButton")

# Opens the dialog with the link, on screens with room for a button of its own.
ShareButton = react_component("counter/menu.jsx", "ShareButton")
