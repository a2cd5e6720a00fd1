"""For CMS: the employee section of a Payroll-Based Journal submission, and changed IDs per federal quarter.

`employee_section` and `id_changes` are two doors that share nothing. Reads only.
"""
