"""What a column's header says, by an allow list of whole headers: it names a field only when every word of it fits.

A header is a bag of words in one spelling each (`Emp_First_Nm` is employee, first, name). A field lists the words that
name it (`CORES`) and the words that may stand beside them and change nothing (`HARMLESS`). One further word, and the
column is somebody else's or something else: a mentor's email, the end of a term life insurance (SPEC §5 Normalize).
"""

from __future__ import annotations

from dataclasses import dataclass

from schedulepop.lib import text

_GLUED = {
    "badgenum": "badge number",
    "comprate": "compensation rate",
    "costcenter": "cost center",
    "deptid": "department id",
    "deprtmnt": "department",
    "employid": "employee id",
    "emplid": "employee id",
    "empno": "employee number",
    "firstnm": "first name",
    "fname": "first name",
    "frstname": "first name",
    "hphone": "home phone",
    "hiredtm": "hire date",
    "companyhiredtm": "company hire date",
    "jobcode": "job code",
    "jobtitle": "job title",
    "lastnm": "last name",
    "lname": "last name",
    "lasthire": "last hire",
    "loccode": "location code",
    "locname": "location name",
    "orighire": "original hire",
    "payrate1": "pay rate",
    "payrtamt": "pay rate amount",
    "pernr": "employee id",
    "personfullname": "full name",
    "personnum": "employee number",
    "strtdate": "start date",
    "termdate": "termination date",
    "timeclock": "clock",
    "rate1": "rate 1",
}
"""Words that systems write without a space."""
_SPELLING = {
    **dict.fromkeys(
        ("emp", "ee", "empl", "associate", "assoc", "worker", "person", "personnel", "staff"), "employee"
    ),
    "individual": "employee",
    **dict.fromkeys(("no", "nbr", "num", "#"), "number"),
    **dict.fromkeys(("dt", "dtm", "dates"), "date"),
    **dict.fromkeys(("nm", "names"), "name"),
    **dict.fromkeys(("desc", "descr"), "description"),
    **dict.fromkeys(("ttl", "titles"), "title"),
    **dict.fromkeys(("jobs",), "job"),
    **dict.fromkeys(("pos", "positions"), "position"),
    **dict.fromkeys(("loc", "locations"), "location"),
    **dict.fromkeys(("bldg",), "building"),
    **dict.fromkeys(("dept", "departments"), "department"),
    **dict.fromkeys(("centre",), "center"),
    **dict.fromkeys(("tel", "telephone", "phones"), "phone"),
    **dict.fromkeys(("cell", "cellular"), "mobile"),
    **dict.fromkeys(("addr",), "address"),
    **dict.fromkeys(("emails",), "email"),
    **dict.fromkeys(("eff",), "effective"),
    **dict.fromkeys(("orig", "originally"), "original"),
    **dict.fromkeys(("amt",), "amount"),
    **dict.fromkeys(("hrly", "hr", "hour"), "hourly"),
    **dict.fromkeys(("rt",), "rate"),
    **dict.fromkeys(("comp",), "compensation"),
    **dict.fromkeys(("salaried",), "salary"),
    **dict.fromkeys(("term", "terminated", "termed"), "termination"),
    **dict.fromkeys(("separated",), "separation"),
    **dict.fromkeys(("hired",), "hire"),
    **dict.fromkeys(("rehired",), "rehire"),
    **dict.fromkeys(("labour",), "labor"),
    **dict.fromkeys(("started",), "start"),
    **dict.fromkeys(("released",), "release"),
    **dict.fromkeys(("joined", "joining"), "join"),
    **dict.fromkeys(("leaving",), "left"),
    **dict.fromkeys(("adj",), "adjusted"),
    **dict.fromkeys(("ind",), "indicator"),
}
_PHRASES = (
    ("e mail", "email"),
    ("electronic mail", "email"),
    ("team member", "employee"),
    ("staff member", "employee"),
    ("time clock", "clock"),
    ("re hire", "rehire"),
    ("cost center", "costcenter"),
    ("cost number", "costcenter"),
    ("xref code", "xrefcode"),
    ("job information", ""),
    ("most recent", "last"),
    ("latest", "last"),
    ("recent", "last"),
    ("work site", "worksite"),
    ("$ hourly", "hourly rate"),
    ("hourly $", "hourly rate"),
)
_LITTLE = {"of", "the", "on", "at", "in", "a", "as", "s", "and", "or", "to", "for"}
_PLATFORMS = {"adp", "gusto", "kronos", "paycom", "rippling", "trinet", "ukg"}
_SILENT = frozenset(_LITTLE | _PLATFORMS)
"""Little words, and the platforms that put their own name before a header."""


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The headers of one field: one of the cores, and beside it nothing but harmless words."""

    field: str
    cores: frozenset[frozenset[str]]
    harmless: frozenset[str]


def _grammar(field: str, cores: str, harmless: str = "") -> _Grammar:
    return _Grammar(
        field,
        frozenset(frozenset(core.split()) for core in cores.split(",")),
        frozenset(harmless.split()),
    )


def _crossed(nouns: str, endings: str) -> str:
    """Every noun alone and with each ending."""
    return ",".join(f"{noun} {ending}" for noun in nouns.split() for ending in ["", *endings.split()])


_HERE = "home primary work assigned default current payroll"
_PLACES = "location facility site building community worksite office"
_PARTS = "department unit wing floor costcenter neighborhood"
_ENDINGS = "code name description number id xrefcode"
_GRAMMARS: tuple[_Grammar, ...] = (
    _grammar(
        "source_id",
        "employee id,employee identifier,employee reference,employee uuid,employee guid,employee xrefcode",
        "payroll external unique",
    ),
    _grammar(
        "employee_number",
        "employee number,employee code,badge,badge number,clock,clock number,clock id,clock badge number,"
        "clock sequence number,payroll file number",
        "employee payroll alternate",
    ),
    _grammar(
        "full_name",
        "name employee,name full,name legal,name payroll,name display,name first last,first last",
        "employee legal payroll full complete formatted",
    ),
    _grammar(
        "first_name", "first name,given name,first legal,first employee", "employee legal payroll preferred"
    ),
    _grammar("last_name", "last name,family name,surname,last legal,last employee", "employee legal payroll"),
    _grammar(
        "email",
        "email,email address,contact email,contact email address,email contact personal",
        "employee work personal home business primary main preferred private corporate company 1",
    ),
    _grammar(
        "phone",
        "phone,phone number,mobile,mobile number,mobile phone,mobile phone number,contact number,contact phone,"
        "contact phone number,contact mobile phone,contact mobile",
        "employee work personal home business primary main preferred private day daytime evening 1",
    ),
    _grammar(
        "location",
        _crossed(_PLACES, _ENDINGS) + ",employee location",
        f"{_HERE} {_PLACES} company",
    ),
    _grammar(
        "duty",
        "job,job title,job name,job title name,job profile name,job code position,job code,job description,job role,"
        "job profile,job position,job classification,position,position title,position name,position code,"
        "position description,role title,occupation,occupation title,discipline,job function,job title description,"
        "job code description,position title description",
        f"{_HERE} employee main business hourly",
    ),
    _grammar(
        "zone",
        _crossed(_PARTS, f"{_ENDINGS} 1"),
        f"{_HERE} {_PARTS} employee nursing accounting team",
    ),
    _grammar(
        "status",
        "status,status code,status type,status description,status today,status picklist label,status xrefcode,active,"
        "active flag,active indicator,active y n,active inactive,is active,currently employed,employed",
        "employee employment assignment job position active current hourly work worker role",
    ),
    _grammar(
        "rehire_date",
        "rehire date,rehire,last hire date,last hire,last start date,last rehire date",
        "employee employment company payroll effective",
    ),
    _grammar(
        "original_hire_date",
        "original hire date,original hire,original start date,first hire date,first hire,seniority date,"
        "adjusted hire date,adjusted seniority date,adjusted service date,service date,continuous service date,"
        "length service date,adjusted start date,original service date",
        "employee employment company payroll",
    ),
    _grammar(
        "hire_date",
        "hire date,hire,start date,hire start date,employment start,employment begin date,date employed,join date,doh,"
        "effective hire date",
        "employee employment company payroll effective current",
    ),
    _grammar(
        "termination_date",
        "termination,termination date,termination effective date,separation date,end employment date,end employment,"
        "last day employment,departure date,dismissal date,date left,release date,resignation date,exit date,"
        "last date employment",
        "employee employment effective actual",
    ),
    _grammar(
        "leave_end",
        "return date,return date leave,return leave,return work date,return work,back work,estimated return,"
        "leave end,leave end date,leave ends,leave through,loa end date,loa ends,loa end,loa through,fmla end,"
        "fmla end date,fmla ends,fmla through,loa return,loa return date,leave return date,fmla return date,"
        "loa return work date,leave return work date,back work date,back date,return day,return day leave",
        "expected anticipated estimated actual absence loa leave fmla employee work",
    ),
    _grammar(
        "cms_code",
        "pbj code,pbj title code,pbj job category code,cms labor category,pbj job code,pbj job title,pbj labor code,"
        "pbj job title code,pbj category,cms code,cms job code,cms labor code,cms position,cms job title,"
        "pbj labor category,pbj position",
        "employee primary payroll cms pbj code",
    ),
    _grammar(
        "pay_effective_date",
        "pay effective date,rate effective date,pay rate effective date,compensation effective date,"
        "wage effective date,salary effective date,rate effective start,compensation effective from,"
        "pay rate effective start date,rate effective start date,rate change date",
        "base regular hourly wage pay salary 1 employee current compensation",
    ),
    _grammar(
        "pay_unit",
        "rate type,pay type,hourly salary,hourly salary indicator,hourly salary flag,hourly salary code,pay per,"
        "rate per,pay rate per,compensation rate type,compensation type,compensation pay type,rate basis,pay basis,"
        "salary unit,payment unit,pay unit,rate unit,payper,pay type xrefcode",
        "employee pay",
    ),
    _grammar(
        "pay_rate",
        "rate,rate amount,pay rate,pay rate amount,hourly rate,hourly wage,hourly pay,base pay,base rate,base hourly,"
        "regular pay,regular rate,wage rate,compensation rate,compensation pay rate,annual salary,base salary,"
        "annual rate,base wage,hourly salary rate",
        "employee base regular hourly amount current primary default usd per 1 annual",
    ),
    _grammar(
        "primary_flag",
        "primary flag,primary indicator,primary job,primary position,primary assignment,home job,home flag,"
        "home indicator,primary job flag,primary position flag,primary job indicator,home job flag,main job",
        "employee is",
    ),
)
LAST_WORKED = frozenset({"lastdayworked", "leavedate", "lastworked", "lastdateworked", "lastworkdate"})
"""Last days *worked* and first days of a leave, compact: an end only where nothing else could say who has left."""


def words(header: str) -> frozenset[str]:
    """The words of a header in one spelling each, without those that say nothing."""
    split = [part for word in text.fold_header(header).split() for part in _GLUED.get(word, word).split()]
    spelled = " ".join(_SPELLING.get(word, word) for word in split if word not in _SILENT)
    if "$" in header:
        spelled += " rate"
    for phrase, word in _PHRASES:
        spelled = f" {spelled} ".replace(f" {phrase} ", f" {word} ").strip()
    return frozenset(spelled.removeprefix("p ").split())


def named_fields(header: str) -> list[tuple[int, str]]:
    """The fields a header names: (place in the list, field); mostly none or one."""
    said = words(header)
    return [
        (place, grammar.field)
        for place, grammar in enumerate(_GRAMMARS)
        if any(core <= said <= core | grammar.harmless for core in grammar.cores)
    ]


def names_field(header: str, field: str) -> bool:
    """Whether a header names this field."""
    return any(found == field for _, found in named_fields(header))


def says_rehire(header: str) -> bool:
    """Whether a column gives the last of several hire dates; where it is blank there was only one."""
    return names_field(header, "rehire_date")


def says_last_worked(header: str) -> bool:
    """Whether a column gives a last day worked or the first day of a leave."""
    return text.fold_header(header).replace(" ", "") in LAST_WORKED
