"""Customer lists that departments keep as files: bytes in, rows out, and back (R18, R22, R25; S21, S22)."""
