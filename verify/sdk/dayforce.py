"""dayforce-client in front of our stub: the list of XRefCodes, then each person's details with the same expansions.

Its host is made of a release number, so that its address is set to the stub's.
"""

from __future__ import annotations

import json
import sys

from dayforce_client import Dayforce

EXPAND = "WorkAssignments,EmploymentStatuses,Contacts,CompensationSummary,EmployeeProperties,OrgUnitInfos"
stub, known = sys.argv[1], json.loads(sys.argv[2])
client = Dayforce(username=known["user"], password=known["password"], client_namespace=known["company"])
client.url = f"{stub}/Api/{known['company']}/V1"
codes = [one["XRefCode"] for one in client.get_employees().get("Data")]
people = [client.get_employee_details(xrefcode=code, expand=EXPAND).get("Data")["XRefCode"] for code in codes]
print(json.dumps(people))
