"""A job-application tracker whose every row can be derived again from the evidence that was kept."""
