"""What the services promise each other: events, operations, refusals. No I/O, no framework but marshmallow."""
