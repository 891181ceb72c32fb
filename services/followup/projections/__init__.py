"""What follow-up keeps of other services' events, to go by."""
