"""Posts a message to a chat's webhook, under the rules for webhooks of live mode."""

from brim.base import json_codec
from brim.core.notifications.texts import Content, as_chat
from brim.core.webhooks import WebhookSender


async def post_to_chat(sender: WebhookSender, url: str, content: Content, *, base_url: str) -> str | None:
    """Post a message, and return what went wrong, None where it has arrived.

    The body is `{"text": ...}`, which Slack, Mattermost, Google Chat, Rocket.Chat and Discord's `/slack` take.
    """
    body = json_codec.encode({"text": as_chat(content, base_url)})
    headers = {"Content-Type": "application/json", "User-Agent": "Brim"}
    answer = await sender.post(url, livemode=True, headers=headers, body=body)
    return None if answer.is_success else answer.error or f"The chat answered {answer.http_status}."
