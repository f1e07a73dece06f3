"""The URL of the socket."""

from django.urls import path

from counter.consumers import CounterConsumer

websocket_urlpatterns = [path("ws/counter/", CounterConsumer.as_asgi())]
