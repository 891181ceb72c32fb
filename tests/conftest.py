"""Fixtures of all tests. pytest itself runs without eventlet: what needs it runs in a process of its own."""

pytest_plugins = ["tests.support.databases"]
