"""For CMS: the employee section of a Payroll-Based Journal submission, and changed IDs per federal quarter."""
