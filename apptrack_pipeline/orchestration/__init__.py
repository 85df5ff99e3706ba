"""What the stages' Dagster code shares: partitions, the loop over keys, the database resource."""
