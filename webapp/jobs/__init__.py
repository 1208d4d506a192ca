"""Background work: a queue in the same database, so that a job is enqueued in the transaction that needs it."""
