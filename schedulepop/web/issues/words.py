"""Issues and questions in words: who fixes what, what an answer comes to, what became of those who waited."""

from __future__ import annotations

from schedulepop.sync.models import Answer
from schedulepop.sync.plan.issue_codes import Fixer
from schedulepop.sync.review.questions.candidates import Suggested
from schedulepop.sync.review.questions.questions import Question
from schedulepop.wording import mapped_codes

Kind = Answer.Kind
FIXER_WORDS: dict[Fixer, str] = {
    "payroll": "Fixed in payroll, by HR",
    "manager": "A manager of the location fixes this",
    "admin": "HR fixes this",
    "client_success": "Client Success fixes this",
}
GROUPS: dict[Fixer, str] = {
    "payroll": "To be fixed in payroll, by HR",
    "manager": "For a manager of the location",
    "admin": "For HR",
    "client_success": "For Client Success",
}
NOBODY_WAITS = "For your information"
ANSWERED = {
    Kind.SAME: "is the same person",
    Kind.ADD_HERE: "works here too",
    Kind.TRANSFER: "moves here",
    Kind.DIFFERENT: "is a different person",
}


def likelihood(score: int) -> str:
    """A candidate's score in a word."""
    if score >= 85:
        return "Very likely"
    return "Likely" if score >= 70 else "Possible"


def denied_means(*, changes_id: bool) -> str:
    """What "a different person" comes to. `changes_id`: the same person would have a new payroll ID."""
    if changes_id:
        return "If it is somebody else, a new person is added, and CMS counts one employee leaving and one joining."
    return "If it is somebody else, a new person is added to the list."


def consequence(asked: Question, one: Suggested) -> str:
    """What "same person" means for the payroll ID that CMS knows."""
    others = ", ".join(source_id for source_id in one.ids if source_id != asked.source_id)
    if not others or not one.visible:
        return ""
    if Kind.TRANSFER in one.kinds:
        return f"With a transfer, payroll ID {asked.source_id} takes the place of {others}; added here, both go on."
    return (
        f"As one person, payroll ID {asked.source_id} takes the place of {others} unless payroll still sends that, and "
        "CMS counts nobody as leaving or joining."
    )


def answered(asked: Question) -> str:
    """The answer that was given, by whom."""
    if asked.answer is None:
        return ""
    whom = (
        f" as {asked.answer.user.full_name}" if asked.answer.kind == Kind.SAME and asked.answer.user else ""
    )
    return f"{asked.answer.by} answered: {asked.name} {ANSWERED[Kind(asked.answer.kind)]}{whom}."


def not_filled(*, on_hold: bool) -> str:
    """Why nobody is filled at once, for the toast. `on_hold`: a newer file waits for a decision."""
    if on_hold:
        return mapped_codes.waits_for_decision()
    return "The next sync fills the people who waited for it."
