"""What any process of ours is: its settings, clock, logs, metrics, health, keys, and who it acts for."""
