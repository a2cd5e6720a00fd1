"""What needs a person."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from schedulepop.sync.models.integration import Integration
from schedulepop.sync.models.run import Run
from schedulepop.wording import findings
from schedulepop.wording import issues as issue_words


class Issue(models.Model):
    """Something that needs a person. Open while `resolved_at` is null; then last seen = the integration's last run.

    An unchanged feed writes nothing here (the same issue, the same rows).
    """

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(
        Integration, null=True, on_delete=models.CASCADE, related_name="issues"
    )  # None: about no payroll (`run.returned_letters`), and no run touches it
    location = models.ForeignKey(
        "directory.Location", null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_constraint=False
    )
    code = models.CharField(max_length=40)
    key = models.CharField(max_length=200)  # the unmapped code, the source id, or the column
    count = models.PositiveIntegerField(default=1)  # rows concerned
    rows = models.JSONField(
        default=list
    )  # [{row, source_id, name, column, value (masked), reason, params}], the first 50
    reasons = models.JSONField(
        default=list
    )  # [{reason, params, row, column, value}]: of the first row; of holds each
    first_seen_at = models.DateTimeField(default=now)
    first_run = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "code", "key"],
                condition=Q(resolved_at=None),
                nulls_distinct=False,
                name="issue_open_once",
            )
        ]
        indexes = [models.Index(fields=["organization"], name="issue_open", condition=Q(resolved_at=None))]

    @property
    def payroll(self) -> Integration:
        """The integration of an issue that a run opened."""
        return cast(Integration, self.integration)

    @property
    def text(self) -> issue_words.IssueText:
        """What is said of every issue of its kind."""
        return issue_words.text(self.code)

    @property
    def message(self) -> str:
        """What is said of it, with what to do."""
        return " ".join(findings.message({**one, "code": self.code}) for one in self.reasons)

    @property
    def for_managers(self) -> str:
        """The same without the people of other locations (SPEC §3: a manager sees nobody else's)."""
        if self.code not in findings.NAMES_OTHERS:
            return self.message
        name = next((row.get("name") for row in self.rows if row.get("name")), None)
        return findings.for_managers({"code": self.code}, name)

    @property
    def told_rows(self) -> list[dict[str, Any]]:
        """The rows, each with its sentence."""
        return [
            {name: row.get(name) for name in ("row", "source_id", "name", "column", "value")}
            | {"message": findings.message({**row, "code": self.code})}
            for row in self.rows
        ]
