"""An organization's own pages beside its people and its syncs: settings, duties and zones, admins, headcount; and the
customers side by side, for the vendor's own staff (`customers`, `assignments`, `new_customer`).

For CMS's Payroll-Based Journal: labor codes by duty and location, changed IDs, the employee section, all behind the
organization's CMS switch; what the codes mean is `schedulepop.cms`, not here.
"""
