"""The same small payroll as the tests of runs."""

from tests.sync.conftest import payroll

__all__ = ["payroll"]
