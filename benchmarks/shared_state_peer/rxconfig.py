"""The configuration of `reflex init`, without what a benchmark does not need."""

import reflex as rx

config = rx.Config(app_name="shared_counter", telemetry_enabled=False, disable_plugins=[rx.plugins.SitemapPlugin])
