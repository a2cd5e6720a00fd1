"""Leaves without product knowledge and without Django. Whatever names an employee, a feed or a page is elsewhere."""
