"""What goes wrong on a developer's machine, said in one line."""


class LocalStackError(Exception):
    """The local stack cannot go on; the message tells the person what to do."""


class OutOfReach(LocalStackError):
    """What is to be fetched is on no machine that this one reaches: nothing of ours is wrong."""
