"""The sample world of `apptrack demo`."""
