"""How the system is deployed: one machine, containers, a cluster."""
