"""`schedulepop org set`: settings of an organization, shown and changed."""

from __future__ import annotations

from schedulepop.accounts.models import AuditEntry, Organization
from tests import made


def test_settings_are_shown_and_changed(cli) -> None:
    org = made.organization("Oak Care")
    assert "seniority: original" in cli("org", "set", org.slug).stdout
    done = cli("org", "set", org.slug, "--seniority", "latest", "--support-name", "Ann Lund")
    assert "seniority: latest" in done.stdout
    found = Organization.objects.get(pk=org.pk)
    assert (found.seniority_by, found.support_name) == ("latest", "Ann Lund")
    assert {one["field"] for one in AuditEntry.objects.get(verb="edited").changes} == {
        "seniority_by",
        "support_name",
    }


def test_what_is_no_setting_is_refused(cli) -> None:
    org = made.organization("Oak Care")
    assert cli("org", "set", org.slug, "--seniority", "age").exit_code == 2
    refused = cli("org", "set", org.slug, "--timezone", "Mars")
    assert refused.exit_code == 1
    assert "Mars" in refused.stderr
    manager = made.manager(made.location(org))
    assert cli("org", "set", org.slug, "--name", "Ours", "--by", manager.username).exit_code == 1
    assert Organization.objects.get(pk=org.pk).name == "Oak Care"


def test_how_long_things_are_kept(cli) -> None:
    org = made.organization("Oak Care")
    assert "keep_feeds_days: 90" in cli("org", "set", org.slug).stdout
    assert "keep_plans_days: 14" in cli("org", "set", org.slug, "--keep-plans", "14").stdout
    refused = cli("org", "set", org.slug, "--keep-history", "1")
    assert refused.exit_code == 1
    assert "History and the audit trail are kept between 3 and 15 years." in refused.stderr
