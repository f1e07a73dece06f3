"""Reflex's configuration, as `reflex init` leaves it, without what no benchmark needs."""

import reflex as rx

config = rx.Config(app_name="shared_counter", telemetry_enabled=False, disable_plugins=[rx.plugins.SitemapPlugin])
