"""One asynchronous process beside the page workers, which tells desks that their days have changed, and nothing else."""
