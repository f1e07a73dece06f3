"""HTTP to Django, websockets to Channels."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clickcounter.settings")
http = get_asgi_application()

from counter.routing import websocket_urlpatterns  # noqa: E402  Django must be set up before

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
