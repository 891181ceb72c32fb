"""Events of the reporting service: none yet; it only listens."""
