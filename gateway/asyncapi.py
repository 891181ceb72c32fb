"""`/asyncapi.json`: the events on the bus as AsyncAPI 3.0, for systems outside that listen."""

from __future__ import annotations

from typing import Any

from contracts.envelope import EVENTS, Envelope
from gateway.json_schema import Schemas


def document() -> dict[str, Any]:
    """One channel per producer and event; the address is the routing key. What is confidential is not for them."""
    schemas = Schemas()
    envelope = schemas.of(Envelope, shown=False)
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    messages: dict[str, Any] = {}
    for (name, version), event in sorted(EVENTS.items()):
        declared, key = event.declaration, f"{name}.v{version}"
        if declared.confidential:
            continue
        payload = schemas.reference(event, shown=False)
        messages[key] = {
            "name": name,
            "title": f"{name} v{version}",
            "summary": (event.__doc__ or "").partition("\n")[0],
            "contentType": "application/json",
            "payload": {**envelope, "properties": {**envelope["properties"], "payload": payload}},
        }
        channels[key] = {
            "address": f"{key}.{{store}}",
            "messages": {key: {"$ref": f"#/components/messages/{key}"}},
            "parameters": {"store": {"description": "The store it happened in, or `-`."}},
            "bindings": {
                "amqp": {
                    "is": "routingKey",
                    "exchange": {"name": f"{declared.producer}.events", "type": "topic", "durable": True},
                }
            },
        }
        operations[f"hear.{key}"] = {"action": "receive", "channel": {"$ref": f"#/channels/{key}"}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dealer CRM events",
            "version": "1",
            "description": "At least once, in no promised order: be idempotent by event_id, compare subject.version.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas.components},
    }
