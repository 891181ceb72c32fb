"""What tests of several folders need: servers, databases, the whole system, polling, made-up people."""
