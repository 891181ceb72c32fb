"""The identity rules of `spec/identity.md`, one file per idea; pure."""
