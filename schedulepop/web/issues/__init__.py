"""What needs a person: issues, mapping a code where it stands, questions about who a record is."""
