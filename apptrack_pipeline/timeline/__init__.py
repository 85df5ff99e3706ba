"""What happened to an application: the ledger of events and the history of runs."""
