"""Connecting payroll in the browser."""
