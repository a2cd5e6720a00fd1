"""What is never kept: by the names of columns in seven languages, by their values, and what is needed all the same."""

from __future__ import annotations

import pytest

from schedulepop.sync.plan.read import read
from schedulepop.sync.plan.read.sensitive import sensitive

NAMED = {
    "SSN": """
        SS Last 4|Soc. Security|Num Seg Social|Número SS|N° de sécu|Nº Contribuinte|SozVersNr|PPSN
        SSN4|SSNLast4|Last 4|Last Four|ss#|Emp SS Nbr|Soc. Sec.|Social #|Social|SIN|SIN Number|Social Insurance No|TIN
        Tax-ID|ITIN|Taxpayer Identification Number|NI Number|NINO|National Insurance No|Masked_SSN|EMP_SSN_NBR
        FICA Nbr
        Número de Seguridad Social|CURP|RFC|NIF|N° Sécurité Sociale|Numéro fiscal|Sozialversicherungsnummer|Steuer-ID
        SV-Nummer|AHV-Nr.|CPF|NISS|Número de contribuinte|Codice Fiscale|Burgerservicenummer|Rijksregisternummer""",
    "birth date": """
        Jahrgang|Date de naiss.|Bday|B-Day|DOB_YR|dobYear|YOB|Birth Year|Year of Birth|Birth Month|Age
        Employee Age|Age at Hire|Born
        Fecha de nacimiento|Fec. Nac.|Edad|Date de naissance|Âge|Geburtsdatum|Geb.-Datum|Geburtsjahr|Alter
        Data de nascimento|Idade|Data di nascita|Età|Geboortedatum|Leeftijd""",
    "bank data": """
        Dep Acct|Kto-Nr|Acct|Account|Acct Nbr|Acct2|Acct Type|Checking Acct|Savings 1|ACH|ACH Trace|ABA #
        Transit Number
        DD Acct|Dir Dep 1
        Net Pay Acct 1|Deposit 1 Amount|Routing|SWIFT/BIC|Payroll Card No|Sort Code|CLABE|Cuenta bancaria
        Número de cuenta
        Cuenta|RIB|Numéro de compte|Compte bancaire|Bankverbindung|Kontonummer|BLZ|Conto corrente|Conta bancária
        Rekeningnummer|Bankrekening""",
    "identity document": """
        Passport|Passport No.|Govt ID No|Driver's License|Drivers Lic #|DL State|License Number|Visa Type
        Green Card Exp
        Alien Reg Number|I-9 Date|Form I9|Work Authorization|Pasaporte|Licencia de conducir|Permis de conduire
        Titre de séjour|Reisepass|Führerschein|Aufenthaltstitel|Carta d'identità|Permesso di soggiorno|Passaporte
        Rijbewijs|Identiteitskaart""",
    "health data": """
        Vaccination Date|Flu Shot|COVID Booster|TB Test Date|Hep B|Disability|Medical Notes Code|Blood Type|Allergies
        Drug Screen|Physician|Discapacidad|Vacuna|Santé|Groupe sanguin|Schwerbehinderung|Impfstatus COVID|Krankenkasse
        Disabilità|Gruppo sanguigno|Deficiência|Gezondheid|Huisarts""",
    "personal data": """
        Vet Status|Emerg Contact|Emerg Ph|Court Case No|Situation de famille|Race|Ethnic Group|Hispanic/Latino
        EEO1|Gender|Sex|Pronouns|Religion|Marital Status|Spouse Name|Veteran
        Citizenship
        Dependents|# of Children|Emergency Contact Phone|Next of Kin|Garnishment 1|Child Support|Court Order
        Union Dues
        Sexo|Estado civil|Contacto de emergencia|Nationalité|État civil|Geschlecht|Familienstand|Konfession
        Kirchensteuer
        Stato civile|Cittadinanza|Religião|Geslacht|Burgerlijke staat|Noodcontact""",
    "free text": """
        Notes|HR Notes|Comments|Remarks|Memo|Observaciones|Commentaires|Bemerkung|Osservazioni|Observações
        Opmerkingen""",
    "home address": """
        Home Address|Address 1|Street|Zip|Home City|Mailing Address|Domicilio|Adresse|Wohnort|Indirizzo|Código postal
        Woonplaats""",
}
PAY = """
    Yrly Sal|Tot Comp|Shift Prem|Monatsgehalt|Base|Hrly|Hrly Rt|Base Hrly Rt|Annual|Annl Amt|Annual Comp|Sal
    FTE Sal|Per Hour|Rate 2|OT Rate|OT Mult Amt|Comp Rate
    Gross|Gross YTD|Net|Bonus|Sign-On Bonus|Shift Diff|Differential|Weekend Premium|Wage|Earnings YTD|Salario
        Sueldo base
    Salaire brut|Taux horaire|Gehalt|Stundenlohn|Bruttolohn|Vergütung|Retribuzione|Paga oraria|Remuneração
        Uurloon|Salaris
    Federal Withholding|Check Amount|BASEWAGEHOURLYAMT"""


def listed(headers: str) -> list[str]:
    return [one.strip() for line in headers.split("\n") for one in line.split("|") if one.strip()]


@pytest.mark.parametrize(
    ("header", "what"), [(header, what) for what, headers in NAMED.items() for header in listed(headers)]
)
def test_by_its_name(header: str, what: str) -> None:
    assert sensitive([header], pay=True) == {header: what}
    assert sensitive([header], pay=False) == {header: what}


@pytest.mark.parametrize("header", listed(PAY))
def test_pay_by_its_name(header: str) -> None:
    assert sensitive([header], pay=False) == {header: "pay"}
    assert sensitive([header], pay=True) == {}


@pytest.mark.parametrize(
    "header",
    listed(
        """
        Base Location|Base Facility|Home Base|Annual Review Date|Account Manager|GL Account Code|Labor Account Code
        Social Worker|Social Services Dept|SOC Code|Visitor Log|Agency|Page|Stage|Village|Manager|Language|Usage
        Company Code|Comp Code|Dept Comp|Network ID|Grossmont Unit|Basement|Shift|Team|Shoe Size|BSN|Singles
        Home Department|Work Address Email|E-Mail-Adresse|Number|Hours per Week|Rotation|Hospital|Position Control
        Work City|State|City|Nómina|Personalnummer|Abteilung|Matricule|Data assunzione|Fecha de ingreso|Eintrittsdatum
        Cell Phone|Mobile Phone|Email Address|Last|First|Badge #|Clock Number|Payroll Number|Pay Group|Employee Status
        Rtn Date Expected|Aniversario laboral|Residence|Dirección|4|12|EIN"""
    ),
)
def test_what_only_sounds_like_it_stays(header: str) -> None:
    assert sensitive([header], pay=False) == {}


BIRTHS = ["03/14/1961", "11/02/1978", "07/30/1989", "01/09/1995", "05/05/2001"]
VALUES: dict[str, tuple[str | None, list[str]]] = {
    "signed with dashes": ("SSN", ["900-11-2041", "901-12-2042"]),
    "signed with points": ("SSN", ["900.11.2041", "901.12.2042"]),
    "signed with blanks": ("SSN", ["900 11 2041", "901 12 2042", ""]),
    "one cell of many": ("SSN", ["north", "south", "east", "902-13-2043", "west"]),
    "within a sentence": ("SSN", ["call back", "see SSN 911-22-3041 in file", "ok"]),
    "nine bare digits": ("SSN", ["910203041", "911213042", "912223043"]),
    "routing numbers": ("bank data", ["000000013", "000000026", "000000039", "000000042"]),
    "IBANs with a true check": ("bank data", ["north", "GB82 WEST 1234 5698 7654 32"]),
    "the form of an IBAN": ("bank data", ["GB00TEST00000000001", "GB00TEST00000000002", ""]),
    "cards with a true check digit": ("bank data", ["4111 1111 1111 1111", "5555-5555-5555-4444"]),
    "long account numbers": ("bank data", ["440011882231", "440011882249", "440011882257", "98001188226"]),
    "masked account numbers": ("bank data", ["XXXXXX8231", "XXXXXX8249", "XXXXXX8257"]),
    "days of birth": ("birth date", BIRTHS),
    "days of birth by month's name": ("birth date", ["14-Mar-1961", "02-Nov-1978", "30-Jul-1989"]),
    "days of birth with short years": ("birth date", ["3/14/61", "11/2/78", "7/30/89", "1/9/95"]),
    "days of birth of a database": ("birth date", ["1961-03-14", "1978-11-02", "1989-07-30", "1995-01-09"]),
    "years of birth": ("birth date", ["1961", "1978", "1989", "1995"]),
    "amounts with a sign": ("pay", ["$18.25", "$19.25", "$20.25"]),
    "amounts with cents": ("pay", ["18.25", "1,950.00", "20.25", "22.10"]),
    "yearly amounts in words": ("pay", ["38000 USD", "39000 USD", "40000 USD"]),
    "days of hire": (None, ["03/14/1991", "11/02/2018", "07/30/2019", "01/09/2021", "05/05/2024"]),
    "years of graduation": (None, ["1999", "2008", "2016", "2021"]),
    "phones": (None, ["3125550142", "3125550143", "3125550144"]),
    "cost centers": (None, ["410022330", "410022330", "410022330", "410022340", "410022340"]),
    "five digits": (None, ["71001", "71002", "71003"]),
    "parts of a post": (None, ["0.80", "1.00", "0.60", "0.50"]),
    "words": (None, ["Maple", "Oak", "Birch"]),
    "status words": (None, ["Active", "Terminated", "Active"]),
    "nothing": (None, ["", " ", ""]),
}


@pytest.mark.parametrize(("what", "values"), VALUES.values(), ids=VALUES)
def test_an_unmapped_column_by_its_values(what: str | None, values: list[str]) -> None:
    samples = {"Badge ID": [str(7100 + n) for n in range(len(values))], "Ref A": values}
    found = sensitive(list(samples), pay=False, samples=samples)
    assert found == ({"Ref A": what} if what else {})


@pytest.mark.parametrize(("what", "values"), VALUES.values(), ids=VALUES)
def test_a_mapped_column_is_never_dropped_by_its_values(what: str | None, values: list[str]) -> None:
    samples = {"Ref A": values}
    for field in ("source_id", "employee_number", "phone", "zone", "hire_date", "status"):
        assert sensitive(["Ref A"], pay=False, samples=samples, mapped={field: "Ref A"}) == {}
    assert sensitive(["Ref A"], pay=False, samples=samples, named=["Ref A"]) == {}


def test_numbers_stay_where_no_other_column_says_who_a_record_is() -> None:
    for values in (["910203041", "911213042", "912223043"], ["440011882231", "440011882249", "440011882257"]):
        assert sensitive(["Matrícula", "Name"], pay=False, samples={"Matrícula": values}) == {}


def test_a_mapped_column_goes_by_an_unmistakable_name_only() -> None:
    for header in ("Account", "Notes", "Base", "Union", "License No", "Zip"):
        assert sensitive([header], pay=False, mapped={"zone": header}) == {}
        assert sensitive([header], pay=False, named=[header]) == ({header: "pay"} if header == "Base" else {})
    for header, what in {"SSN": "SSN", "Date of Birth": "birth date", "IBAN": "bank data"}.items():
        assert sensitive([header], pay=True, mapped={"source_id": header}) == {header: what}


def test_a_column_that_gives_pay_goes_while_pay_is_off() -> None:
    mapped = {"pay_rate": "Code 7"}
    assert sensitive(["Code 7"], pay=False, mapped=mapped) == {"Code 7": "pay"}
    assert sensitive(["Code 7"], pay=True, mapped=mapped) == {}
    assert sensitive(["Code 7"], pay=False, mapped={**mapped, "zone": "Code 7"}) == {}


def test_what_may_say_who_has_left_stays() -> None:
    samples = {"Remarks": ["Active", "Terminated", "Active"], "Ended": ["", "x"]}
    assert sensitive(list(samples), pay=False, samples=samples) == {}
    assert sensitive(["Termination Remarks"], pay=False) == {}


FILE = (
    "Associate,Given,Family,Base Unit,Ref A,Ref B,Comments,Born In,Base\n"
    "8101,Noor,Abadi,East,930203041,lives at 12 Elm,likes nights,1961,21.40\n"
    "8102,Piet,Maas,West,931213042,930-20-3042 on file,,1978,22.10\n"
    "8103,Lia,Conti,East,932223043,,,1990,19.95\n"
)
MAPPING = {"source_id": "Associate", "first_name": "Given", "last_name": "Family", "zone": "Base Unit"}


def test_nothing_of_it_is_in_the_copy_and_the_copy_reads_the_same() -> None:
    feed = read(FILE.encode(), pay=False, columns=MAPPING)
    assert feed.dropped == {
        "Ref A": "SSN",
        "Ref B": "SSN",
        "Comments": "free text",
        "Born In": "birth date",
        "Base": "pay",
    }
    for told in (b"9302", b"930-20", b"Elm", b"nights", b"1961", b"21.40"):
        assert told not in feed.stored
    again = read(feed.stored, pay=False, columns=MAPPING)
    assert again.table.rows() == feed.table.rows()
    assert again.stored == feed.stored


def test_a_mapping_and_its_rules_keep_what_they_name() -> None:
    feed = read(FILE.encode(), pay=False, columns={**MAPPING, "employee_number": "ref a"}, named=["COMMENTS"])
    assert "Ref A" in feed.table.columns
    assert "Comments" in feed.table.columns
    assert read(
        feed.stored, pay=False, columns={**MAPPING, "employee_number": "ref a"}, named=["COMMENTS"]
    ).stored == (feed.stored)


def test_a_number_deep_in_a_long_file_is_found() -> None:
    rows = [f"{n},Ann{n},Lee,{'late 933-20-3041' if n == 7777 else 'none'}" for n in range(9000)]
    feed = read(("ID,First Name,Last Name,Extra\n" + "\n".join(rows)).encode(), pay=False)
    assert feed.dropped == {"Extra": "SSN"}
