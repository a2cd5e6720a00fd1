"""The report that a customer makes in Workday for us: its columns, and how it is set up. The names are ours to choose.

Names of Workday's fields, tasks and domains are from public notes; a tenant's own may differ.
"""

from __future__ import annotations

from schedulepop.connectors.contract import ReportColumn, ReportDefinition

NAME = "SchedulePop_Staff"
# fmt: off
COLUMNS = (
    ReportColumn("Employee_ID", "Text", "Employee ID", "needed"),
    ReportColumn("First_Name", "Text", "Legal Name - First Name", "needed"),
    ReportColumn("Last_Name", "Text", "Legal Name - Last Name", "needed"),
    ReportColumn("Location", "Text", "Location: its Reference ID, or its name", "needed"),
    ReportColumn("Job_Code", "Text", "Job Profile: its Job Code", "needed"),
    ReportColumn("Worker_Status", "Text", "Worker Status, or a calculated field: Active, On Leave, Terminated",
                 "needed"),
    ReportColumn("Hire_Date", "Date", "Hire Date: the latest one, also one ahead", "needed"),
    ReportColumn("Termination_Date", "Date", "Termination Date, also one ahead", "needed"),
    ReportColumn("Preferred_First_Name", "Text", "Preferred Name - First Name"),
    ReportColumn("Work_Email", "Text", "Email - Primary Work"),
    ReportColumn("Personal_Email", "Text", "Email - Primary Home"),
    ReportColumn("Mobile_Phone", "Text", "Phone - Primary Home Mobile"),
    ReportColumn("Home_Phone", "Text", "Phone - Primary Home"),
    ReportColumn("Work_Phone", "Text", "Phone - Primary Work"),
    ReportColumn("Job_Title", "Text", "Business Title"),
    ReportColumn("Cost_Center", "Text", "Cost Center: its Reference ID, or its name"),
    ReportColumn("Supervisory_Organization", "Text", "Supervisory Organization"),
    ReportColumn("Company", "Text", "Company"),
    ReportColumn("Worker_Type", "Text", "Employee Type, or Contingent Worker Type"),
    ReportColumn("Time_Type", "Text", "Time Type: Full time, Part time"),
    ReportColumn("On_Leave", "Yes or no", "On Leave, where Worker Status does not say it"),
    ReportColumn("Last_Day_of_Leave", "Date", "Estimated Last Day of Leave"),
    ReportColumn("Original_Hire_Date", "Date", "Original Hire Date"),
    ReportColumn("Continuous_Service_Date", "Date", "Continuous Service Date"),
    ReportColumn("Workday_ID", "Text", "Workday ID, where your Employee ID may change"),
    ReportColumn("Position_ID", "Text", "Position ID, where somebody may have several rows"),
    ReportColumn("Primary_Job", "Yes or no", "Is Primary Job, where somebody may have several rows"),
    ReportColumn("CMS_Code", "Text", "Your own field with the PBJ job title code, 1 to 40"),
    ReportColumn("Pay_Rate", "Number", "Total Base Pay - Amount", "pay"),
    ReportColumn("Pay_Frequency", "Text", "Total Base Pay - Frequency: Hourly, Annual …", "pay"),
    ReportColumn("Pay_Currency", "Text", "Total Base Pay - Currency", "pay"),
    ReportColumn("Pay_Effective_Date", "Date", "Compensation - Effective Date", "pay"),
)
# fmt: on
RULES = (
    (
        "Report",
        "Task Create Custom Report, type Advanced (no other can be a web service). A name without spaces, such as "
        f"{NAME}.",
    ),
    (
        "Data source",
        "All Active and Terminated Workers, or another one that has everybody. Not one of active workers alone: who "
        "left would be gone instead of ended.",
    ),
    (
        "Future hires",
        "People with a hire date ahead have to be in it from the day they are hired in Workday. Run the report and "
        "look for one; where your data source leaves them out, take one that has them. The test in SchedulePop tells "
        "how many start after today.",
    ),
    (
        "Names of columns",
        "For each column: Column Heading Override XML Alias, exactly as above. Capitals, spaces and underscores may "
        "differ. Further columns come along as fields of your own.",
    ),
    (
        "Values",
        "One value a column, as text: for an instance its Reference ID or its name, never both and never a list. "
        "Dates as dates. A column that is empty for everybody may be missing from the answer; that is no error.",
    ),
    (
        "Rows",
        "One row a worker, with the primary job. Or one row a position: then with Position_ID and Primary_Job.",
    ),
    (
        "Filter",
        "Termination Date is blank, or is on or after a day 400 days back (a calculated field). No filter on active "
        "workers, on hire dates or on what has changed: every time everybody, on leave and to come as well.",
    ),
    (
        "Prompts",
        "None that wait for an answer (Prompts → Do Not Prompt at Runtime). Where one has to be answered, its answer "
        "is in the address; {today} stands for the day on which we ask: &Effective_as_of_Date={today}.",
    ),
    (
        "Web service",
        "Tab Advanced: Enable As Web Service. Tab Share: with the account below, or owned by it.",
    ),
    (
        "Account",
        "Task Create Integration System User, with Do Not Allow UI Sessions, kept out of password expiration. In an "
        "Integration System Security Group (Unconstrained) with Get on the domains of these columns: Worker Data: "
        "Public Worker Reports, Worker Data: Current Staffing Information, Person Data: Work Contact Information (and "
        "Home), and, where pay is synced, Worker Data: Compensation. Then Activate Pending Security Policy Changes.",
    ),
    (
        "Address",
        "On the report: Actions → Web Service → View URLs, sign in as that account, copy the link JSON.",
    ),
    (
        "Leave out",
        "Social Security numbers, birth dates, bank data, home addresses, health data, notes. Columns that are named "
        "after them are dropped before anything is kept, and so are further ones of money.",
    ),
)

REPORT = ReportDefinition(NAME, COLUMNS, RULES)
