"""CMS labor codes by duty and location, ID changes, the employee section."""
