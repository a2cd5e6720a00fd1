"""Headers of what nobody needs for a schedule and nobody may keep, by kind and in seven languages (SPEC §5 Read, §10).

A header is folded words; digits behind a word are words of their own (`SSN4`, `acct2`). Three lists a kind:

- `anywhere`: a word, or words in a row, that say it wherever they stand in the header;
- `stems`: beginnings of words, for languages that write compounds (`Geburtsdatum`, `Geburtsjahr`);
- `whole`: words of which the whole header consists, one of the first group among them ("Net Pay Acct 1", "Base Hrly
  Rt"). They are too common to say anything inside a longer header: a base location is no pay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from schedulepop.lib import text

_DIGITS = re.compile(r"(?<=[a-z#])(?=\d)|(?<=\d)(?=[a-z#])|(?<=[a-z])(?=#)")
_GLUED = 9  # letters from which words in a row are also found written as one


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data; `certain`: never kept even where somebody mapped the column."""

    what: str
    certain: bool
    anywhere: re.Pattern[str]  # of the words, a blank before and after each
    glued: re.Pattern[str]  # of the words without blanks: words in a row that were written as one
    stems: tuple[str, ...]
    cores: frozenset[str]
    beside: frozenset[str]


def _kind(
    what: str,
    *,
    certain: bool = False,
    anywhere: str = "",
    stems: str = "",
    cores: str = "",
    beside: str = "",
) -> Kind:
    """`anywhere`: separated by commas or lines; the others by spaces."""
    listed = [one.strip() for one in re.split(r"[,\n]", anywhere) if one.strip()]
    rows = [one.replace(" ", "") for one in listed if " " in one]
    long = [one for one in rows if len(one) >= _GLUED]
    return Kind(
        what,
        certain,
        re.compile(f" (?:{_either(listed)}) "),
        re.compile(f"^(?:{_either(rows)})$|{_either(long)}"),
        tuple(stems.split()),
        _words(cores),
        _words(beside),
    )


def _either(listed: list[str]) -> str:
    """Any of these; never, when there are none."""
    return "|".join(map(re.escape, listed)) or "(?!)"


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NUMBERS = "number no nbr num nr nmbr # id employee emp ee full masked last first digits digit 4 9 of the"
_DE_LITTLE = "de del da do des du la le el der die das di en van het"

KINDS: tuple[Kind, ...] = (
    _kind(
        "SSN",
        certain=True,
        anywhere="""
        ssn, itin, ppsn, ss last, ss last 4, soc security, num seg social, seg social, numero ss
        identifikationsnummer
        n de secu, no contribuinte, soz vers nr, ss #, ss number, ss no, ss nbr, social security, social sec
        soc sec, socsecnum, socscnum, soc scr
        social insurance number, social insurance no, national insurance, nat ins no, ni number, ni no, nino
        tax id, taxpayer id, taxpayer identification, tax identification, tax file number, tfn, tax number, fica nbr
        fica number, fica no, national id, national identifier, national identity, citizen id, citizen service number
        numero de seguro social, numero de seguridad social, seguridad social, seguro social, nro seguro social, nss
        identificacion fiscal, identificacion tributaria, curp, cedula de identidad, numero de cedula
        securite sociale, numero secu, no secu, num secu, insee, numero fiscal, assurance sociale
        steuer id, steuer nr, steuer nummer, sv nummer, sv nr, ahv nr, ahv nummer, rentenversicherungsnummer
        codice fiscale, cod fiscale, cod fisc, numero de contribuinte, numero contribuinte
        numero de identificacao fiscal, identificacao fiscal, seguranca social, pis pasep, cpf, numero do nis, niss
        burgerservicenummer, bsn nummer, bsn number, sofinummer, sofi nummer, rijksregisternummer, fiscaal nummer
        """,
        stems="ssn socialsec sozialvers sozvers sozversnr steueriden steuerid steuernum steuernr rentenvers burgerserv",
    ),
    _kind(
        "SSN",
        anywhere="last 4 digits, last four digits, last 4 of, last four of, nif, nie, dni, rfc, aadhaar, pesel",
        cores="social sin tin ssno nir",
        beside=_NUMBERS + " four",
    ),
    _kind(
        "birth date",
        certain=True,
        anywhere="""
        dob, birth, birthdate, birthday, birthdtm, brthdate, birthdt, birthyear, bday, b day, born, yob
        jahrgang, date de naiss, fecha nac, fec nac, f nac, date naiss, data nasc, dt nasc, nato il, nata il
        ne le, gebdat, geb datum, geb dat
        """,
        stems="birthd birthy nacimiento nacim cumplean naissance geburt nascita nascimento geboorte geboren",
    ),
    _kind(
        "birth date",
        cores="age ages alter edad eta idade leeftijd lebensalter cumple compleanno verjaardag "
        "anniversaire aniversario dobyr dobdt dobyear",
        beside="employee emp ee worker in at hire years yrs year current group band range bracket today as of "
        + _DE_LITTLE,
    ),
    _kind(
        "bank data",
        certain=True,
        anywhere="""
        iban, bic, swift, aba, routing, bank, banking, direct deposit, directdep, dir dep, ddacct, dd acct
        dd account
        sort code, bsb, clabe, clave interbancaria, cuenta bancaria, numero de cuenta, num cuenta, nro cuenta, banco
        compte bancaire, numero de compte, coordonnees bancaires, banque, code guichet
        conto corrente, coordinate bancarie, conta bancaria, numero da conta, conta corrente
        """,
        stems="iban bankverb bankleit bankkonto bankacc bankrek bankdat kontonum kontonr kontoinh rekeningnum "
        "rekeningnr routingn",
    ),
    _kind(
        "bank data",
        anywhere="""
        ach, deposit, deposits, prenote, pre note, transit number, transit no, transit #, transit nbr
        institution number
        checking, savings, pay card, paycard, payroll card, debit card, credit card, card number, card no
        wire transfer
        blz, paypal, venmo, zelle
        """,
        cores="account accounts acct accts acc cuenta compte konto conto conta rekening kto transit rtn rib "
        "nib abi cab",
        beside=_NUMBERS
        + " net pay dep primary secondary second third main type name holder amount amt percent pct "
        "1 2 3 5 6 7 8 nummer numero " + _DE_LITTLE,
    ),
    _kind(
        "identity document",
        anywhere="""
        passport, pasaporte, passeport, reisepass, passaporto, passaporte, paspoort, passnummer
        driver license, drivers license, driver licence, drivers licence, driver s license, driving licence
        driving license, driver lic, drivers lic, dl number, dl no, dl #, dl nbr, dl state, license number
        licence number, license no, license #, lic no, lic nbr, lic #, lic number
        licencia de conducir, carnet de conducir, permis de conduire, patente di guida, rijbewijs
        fuhrerschein, carta de conducao, cnh
        visa, visas, visum, green card, greencard, alien number, alien no, alien #, alien registration
        alien reg, uscis
        work permit, work authorization, work auth, employment authorization, ead, immigration, i 9
        permesso di soggiorno, permiso de trabajo, permis de travail, permis de sejour, titre de sejour
        arbeitserlaubnis, aufenthaltstitel, aufenthaltserlaubnis, verblijfsvergunning, werkvergunning
        govt id, government id, gov id, state id number, identity card, id card number, photo id, identity document
        documento de identidad, carte d identite, carte identite, piece d identite, carta d identita, carta identita
        documento de identidade, bilhete de identidade, cartao de cidadao, personalausweis, ausweisnummer
        ausweis nr, identiteitskaart, legitimatiebewijs
        """,
        cores="rg",
        beside=_NUMBERS,
    ),
    _kind(
        "health data",
        anywhere="""
        health, med plan, medical, medicare, medicaid, disability, disabled, disabilities, handicap
        handicapped, diagnosis
        vaccine, vaccines, vaccinated, vaccination, vaccinations, immunization, immunizations, immunized, covid
        flu shot, flu vax, vax, booster, tb test, tb screen, tuberculosis, ppd, hepatitis, hep b, drug test
        drug screen
        blood type, blood group, allergy, allergies, pregnant, pregnancy, physician, doctor, illness, injury
        sick note
        ada accommodation, accommodation, workers comp claim, dental, vision plan, fit test, physical exam
        discapacidad, salud, medico, alergias, vacuna, vacunacion, grupo sanguineo, embarazo
        sante, medecin, handicape, rqth, groupe sanguin, allergie, grossesse
        krankenkasse, krankheit, gesundheit, schwerbehindert, behinderung, blutgruppe, schwangerschaft
        salute, disabilita, invalidita, vaccinazione, gruppo sanguigno, gravidanza
        saude, deficiencia, vacina, vacinacao, gravidez, gezondheid, ziekte, huisarts, bloedgroep, zwangerschap
        """,
        stems="vaccin vacun impf krankenvers schwerbehind gesundheits behinderungs handicap",
    ),
    _kind(
        "personal data",
        anywhere="""
        race, ethnicity, ethnic, ethnic group, hispanic, latino, eeo, eeoc, aap category, nationality, citizenship
        citizen, country of origin, mother tongue, native language, gender, sex, pronoun, pronouns
        sexual orientation, lgbt, lgbtq, transgender, religion, religious, faith, denomination, church, caste
        marital, marriage, married, divorced, spouse, spousal, husband, wife, maiden, maiden name, family status
        veteran, veterans, vet status, protected veteran, military, political, party affiliation
        dependent, dependents, dependant, dependants, beneficiary, beneficiaries, children, child, mother, father
        next of kin, kin, emergency, emerg contact, emerg ph, emerg phone, emerg name, emerg tel, ice contact
        ice name, ice phone
        garnishment, garnishments, garnish, child support, levy, wage attachment, bankruptcy, court order
        court case, alimony
        criminal, conviction, felony, background check, arrest, union, union member, union dues, credit score
        raza, etnia, etnico, genero, sexo, religion, estado civil, conyuge, nacionalidad, ciudadania, sindicato, hijos
        contacto de emergencia, embargo, dependientes, beneficiario
        origine ethnique, genre, sexe, etat civil, situation de famille, situation familiale
        situation matrimoniale, conjoint, nationalite
        syndicat, enfants, personne a prevenir, saisie
        geschlecht, konfession, familienstand, ehepartner, staatsangehorigkeit, nationalitat, gewerkschaft, kinder
        notfallkontakt, pfandung, kinderfreibetrag, kinderfreibetrage, kirchensteuer
        sesso, genere, stato civile, coniuge, cittadinanza, nazionalita, sindacato, figli, religione
        pignoramento, contatto di emergenza
        raca, estado conjugal, religiao, nacionalidade, cidadania, filhos, contato de emergencia
        geslacht, burgerlijke staat, godsdienst, nationaliteit, vakbond, kinderen, noodcontact, loonbeslag
        filing status, withholding status
        """,
        stems="garnish kirchenst notfallk staatsang",
    ),
    _kind(
        "free text",
        anywhere="""
        notes, note, comments, comment, remarks, remark, memo, annotations, free text, freetext, freeform
        observaciones, comentarios, comentario, notas, observations, commentaire, commentaires, remarques, remarque
        bemerkung, bemerkungen, kommentar, kommentare, notiz, notizen, anmerkung, anmerkungen
        osservazioni, commenti, commento, observacoes, observacao, opmerking, opmerkingen, toelichting
        """,
    ),
    _kind(
        "home address",
        anywhere="""
        home address, street address, mailing address, residential address, address line, street, zip code
        postal code, zipcode, postcode, home city, home state, home zip, home street, billing address
        domicilio, direccion particular, direccion postal, codigo postal, calle, code postal, wohnort, strasse
        hausnummer, postleitzahl
        via e numero, morada, cep, woonplaats, straat, huisnummer
        """,
        cores="address addresses addr zip postal adresse indirizzo endereco adres",
        beside=_NUMBERS
        + " 1 2 3 line city state country county province primary home legal municipality municipal "
        "current permanent apt apartment unit street",
    ),
)
"""Looked through in this order; the first that fits says what a column is."""

PAY = _kind(
    "pay",
    anywhere="""
    pay, salary, salaries, wage, wages, rate, rates, compensation, earnings, earning, gross, bonus, bonuses, hourly
    remuneration, stipend, hrly rt, hr rt, rt of pay, per hour, per hr, commission, shift diff, shift differential
    shift premium, piece rate, overtime rate, net pay, total comp, base comp, annual comp, sign on, retention bonus
    withholding, withholdings, withheld, allowances, taxes, income tax, federal tax, state tax, local tax, deduction
    deductions, check amount, check net, fica
    salario, salarios, sueldo, jornal, remuneracion, retribucion, sueldo base, paga, bono, prima de
    salaire, taux horaire, remuneration brute, primes, traitement mensuel
    gehalt, lohn, vergutung, entgelt, brutto, netto
    retribuzione, stipendio, paga oraria, compenso, tariffa oraria
    ordenado, vencimento base, remuneracao, valor hora, bonificacao
    salaris, loon, uurloon, maandloon, brutoloon, uurtarief, vergoeding, bezoldiging
    """,
    stems="basewage stundenl stundens monatsl monatsg jahresgeh grundgeh grundl bruttol bruttog gehaltsb "
    "lohnsatz tariflohn",
    cores="base annual annually annl annualized annualised ann yearly monthly weekly biweekly yrly hrly "
    "hourly sal salary comp "
    "rt rate gross net amt amount diff differential prem premium bonus wage pay earn earns commission bruto brut",
    beside="per hour tot hr hrs fte ot dt overtime mult multiplier factor reg regular total current new old "
    "prev previous "
    "year yr month week ytd mtd qtd shift weekend night evening eff 1 2 3 4 5 level grade step range "
    "min max mid usd cad "
    "eur # of the in",
)
"""What somebody earns: not kept while the integration's pay switch is off."""
NO_PAY = _words(
    "group class cycle period company code calendar schedule status location name number frequency"
)
"""Beside these a word for pay names something else: a pay group, a rate code."""


def words_of(header: str) -> tuple[str, ...]:
    """A header's words, folded: `SSNLast4` gives ssnlast, 4."""
    return tuple(_DIGITS.sub(" ", text.fold_header(header)).split())


@lru_cache(maxsize=4096)
def kind_of(header: str) -> Kind | None:
    """What a header names, among what is never kept whatever the switches; None: nothing of it."""
    said = words_of(header)
    return next((kind for kind in KINDS if _names(kind, said)), None)


@lru_cache(maxsize=4096)
def says_pay(header: str) -> bool:
    """Whether a header has words for what somebody earns, and none that makes something else of them."""
    said = words_of(header)
    return not NO_PAY & set(said) and _names(PAY, said)


def _names(kind: Kind, said: tuple[str, ...]) -> bool:
    """Whether these words of a header name this kind of data."""
    if kind.anywhere.search(f" {' '.join(said)} ") or kind.glued.search("".join(said)):
        return True
    if any(word.startswith(stem) for word in said for stem in kind.stems):
        return True
    here = frozenset(said)
    return bool(here & kind.cores) and here <= kind.cores | kind.beside
