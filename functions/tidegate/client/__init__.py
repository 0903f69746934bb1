"""For applications: `attach` a boto3 client, or `chat`. This is the public door; see docs/adr/0018."""

from tidegate.client.attaching import attach, detach
from tidegate.client.chatting import chat
from tidegate.client.errors import NoRoute, Unavailable
from tidegate.client.store import Fixed
from tidegate.client.time_left import deadline

__all__ = ["Fixed", "NoRoute", "Unavailable", "attach", "chat", "deadline", "detach"]
