"""The peer: the same work in one hand-written Flask + SQLAlchemy application with one database.

Written as an ordinary good team would write it, neither crippled nor tuned, so that the ratio in
`docs/benchmarks.md` says what five services and a bus cost beside it.
"""
