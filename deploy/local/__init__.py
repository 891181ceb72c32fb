"""The whole system on one machine, for trying it, developing it and testing it.

`Postgres` and `RabbitMQ` are private instances with their data in one run directory,
`Supervisor` keeps the programs running, `Stack` puts the three together.
Nothing is installed, and whatever already listens on 5432 or 5672 is left alone.
"""
