"""One asynchronous process beside the page workers: it tells desks that their days have changed, and nothing else."""
