"""What the scenarios share: servers started for one scenario, clients with deadlines, and the list of scenarios."""
