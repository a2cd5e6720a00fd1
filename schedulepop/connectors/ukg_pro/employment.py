"""One employment of UKG Pro as a row, made of what several lists say: who it is, where and as what, for which pay."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from schedulepop.connectors.records import day, ended, items, part

STATUSES = {"A": "Active", "L": "Leave", "T": "Terminated", "S": "Suspended"}
"""UKG's own codes; all others are given as they are, for the mapping."""
PAY = ("Pay Rate", "Pay Unit", "Pay Currency")
PERSONAL = ("First Name", "Last Name", "Preferred Name", "Email", "Alternate Email", "Home Phone")


def flatten(joined: dict[str, Any], today: date) -> list[dict[str, Any]]:
    """The employment as one row with a status, days, one email, and the rate with its unit."""
    job, person = part(joined, "employment"), part(joined, "person")
    hired, first = day(job.get("lasthiredate")), day(job.get("originalhiredate"))
    code = job.get("employeestatuscode")
    own = {
        "Employment ID": joined.get("id"),
        "Employee ID": joined.get("employee"),
        "Company ID": joined.get("company"),
        "Company Code": job.get("companycode"),
        "Company": job.get("companyname"),
        "Employee Number": job.get("employeenumber"),
        "Time Clock ID": job.get("timeclockid"),
        "First Name": person.get("firstname"),
        "Last Name": person.get("lastname"),
        "Preferred Name": person.get("preferredname"),
        "Email": person.get("emailaddress") or person.get("emailaddressalternate"),
        "Alternate Email": person.get("emailaddressalternate"),
        "Home Phone": None if person.get("homephoneisprivate") is True else person.get("homephone"),
        "Work Phone": job.get("workphonenumber"),
        "Job Code": job.get("primaryjobcode"),
        "Job": job.get("jobdescription"),
        "Job Title": job.get("jobtitle"),
        "Position Code": job.get("positioncode"),
        "Multiple Jobs": job.get("ismultiplejob"),
        "Org Level 1 Code": job.get("orglevel1code"),
        "Org Level 2 Code": job.get("orglevel2code"),
        "Org Level 3 Code": job.get("orglevel3code"),
        "Org Level 4 Code": job.get("orglevel4code"),
        "Work Location Code": job.get("primaryworklocationcode"),
        "Employee Type": job.get("employeetypecode"),
        "Full or Part Time": job.get("fulltimeorparttimecode"),
        "Status": STATUSES.get(str(code), code),
        "Hire Date": hired or first,
        "Rehire Date": hired if first and hired != first else None,
        "Original Hire Date": first,
        "Seniority Date": day(job.get("dateofseniority")),
        "Termination Date": ended(job.get("dateoftermination"), hired or first, has_left=code == "T"),
    }
    granted = _phones(joined) | {f"Custom: {name}": one for name, one in part(joined, "custom").items()}
    return [{"own": own | _pay(part(joined, "pay"), job), "granted": granted}]


def _phones(joined: dict[str, Any]) -> dict[str, Any]:
    """Further phones by the company's own codes for their kinds, but for private ones."""
    return {
        f"Phone: {one['phonetypecode']}": one.get("phonenumber")
        for one in items(joined, "phones")
        if one.get("phonetypecode") and one.get("phoneisprivate") is not True
    }


def _pay(rates: dict[str, Any], job: dict[str, Any]) -> dict[str, Any]:
    """The annual salary of salaried people, and the hourly rate of all others."""
    if not rates:
        return {}
    salaried = (rates.get("salaryorhourlycode") or job.get("salaryorhourly")) == "S"
    amount = rates.get("annualsalary") if salaried else rates.get("hourlypayrate")
    unit = "Annual" if salaried else "Hourly"
    return dict(
        zip(PAY, (amount, unit if amount is not None else None, rates.get("currencycode")), strict=True)
    )


def found(row: dict[str, Any]) -> Mapping[str, Any]:
    """Further phones, and the company's user-defined fields, where they are granted."""
    granted: Mapping[str, Any] = row["granted"]
    return granted


COLUMNS = tuple(dict.fromkeys((*flatten({}, date.min)[0]["own"], *PAY)))
