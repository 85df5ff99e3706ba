"""Measurements behind the figures in the README; `make bench` runs them all."""
