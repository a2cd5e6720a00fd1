"""For CMS's Payroll-Based Journal: labor codes by duty and location, changed IDs, the employee section.

Everything behind the organization's CMS switch; what the codes mean is `schedulepop.cms`, not here.
"""
