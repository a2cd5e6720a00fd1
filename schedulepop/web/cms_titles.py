"""The titles of CMS's Payroll-Based Journal job title codes, for reading; the code alone is what is stored."""

from __future__ import annotations

TITLES: dict[int, str] = dict(
    enumerate(
        (
            "Administrator", "Medical Director", "Other Physician", "Physician Assistant",
            "Registered Nurse Director of Nursing", "Registered Nurse with Administrative Duties", "Registered Nurse",
            "Licensed Practical/Vocational Nurse with Administrative Duties", "Licensed Practical/Vocational Nurse",
            "Certified Nurse Aide", "Nurse Aide in Training", "Medication Aide/Technician", "Nurse Practitioner",
            "Clinical Nurse Specialist", "Pharmacist", "Dietitian", "Feeding Assistant", "Occupational Therapist",
            "Occupational Therapy Assistant", "Occupational Therapy Aide", "Physical Therapist",
            "Physical Therapy Assistant", "Physical Therapy Aide", "Respiratory Therapist",
            "Respiratory Therapy Technician", "Speech/Language Pathologist", "Therapeutic Recreation Specialist",
            "Qualified Activities Professional", "Other Activities Staff", "Qualified Social Worker",
            "Other Social Worker", "Dentist", "Podiatrist", "Mental Health Service Worker",
            "Vocational Service Worker", "Clinical Laboratory Service Worker", "Diagnostic X-ray Service Worker",
            "Blood Service Worker", "Housekeeping Service Worker", "Other Service Worker",
        ),
        start=1,
    )
)  # fmt: skip


def title(code: int) -> str:
    """`7 · Registered Nurse`."""
    return f"{code} · {TITLES[code]}" if code in TITLES else str(code)
