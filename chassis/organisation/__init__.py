"""What any service keeps of the organisation, which is the gateway's: who works where, as what."""
