"""After a trial's end: what its critic takes the work to have been for, asked openly, then by options."""
