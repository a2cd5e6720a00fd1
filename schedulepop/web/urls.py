"""Every page's address, by room; an address itself never changes."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from schedulepop.web.account import (
    account_link,
    confirm_address,
    demo_mailbox,
    forgot_password,
    own_account,
    sign_in,
)
from schedulepop.web.cms import labor_codes
from schedulepop.web.home import start_page
from schedulepop.web.integrations import crosswalk, integrations, limits, mapping_change, settings, setup
from schedulepop.web.issues import issue_list, issue_mapping, questions
from schedulepop.web.runs import approve, run, run_list, run_person, undo
from schedulepop.web.shell import preferences
from schedulepop.web.users import add_user, duplicates, overrides, profile, profile_edits, user_list
from schedulepop.web.whereis import search

ACCOUNT = [
    path("account/", own_account.own_account, name="account"),
    path("account/confirm/", own_account.send_confirmation, name="account-confirm"),
    path("account/digest/", own_account.set_digest, name="account-digest"),
    path("confirm/<str:token>/", confirm_address.confirm_address, name="confirm-address"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo-sign-in"),
    path("dev/mail/", demo_mailbox.mailbox_page, name="mail"),
    path("dev/mail/<slug:name>/", demo_mailbox.letter_html, name="mail-html"),
    path("forgotten/", forgot_password.forgot_password, name="forgot-password"),
    path("set-up/<str:token>/", account_link.set_up, name="set-up"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
]
CMS = [
    path("", labor_codes.labor_codes, name="cms"),
    path("code/<int:duty_id>/", labor_codes.set_code, name="cms-code"),
    path("employees/<int:location_id>/<str:quarter>/", labor_codes.employees, name="cms-employees"),
    path("facility/<int:location_id>/", labor_codes.set_facility, name="cms-facility"),
    path("ids/<str:quarter>/", labor_codes.changed_ids, name="cms-ids"),
    path("ids/<str:quarter>/<slug:form>/", labor_codes.changed_ids_file, name="cms-ids-file"),
]
INTEGRATION = [
    path("", integrations.integration, name="integration"),
    path("activate/", integrations.activate, name="integration-activate"),
    path("changes/", mapping_change.review, name="integration-changes"),
    path("changes/forget/", mapping_change.forget, name="integration-forget"),
    path("codes/", setup.codes, name="integration-codes"),
    path("columns/", setup.columns, name="integration-columns"),
    path("crosswalk/", crosswalk.crosswalk, name="integration-crosswalk"),
    path("file/", integrations.receive, name="integration-receive"),
    path("import/", setup.import_mapping, name="integration-import"),
    path("limits/", limits.limits_page, name="integration-limits"),
    path("mapping.toml", setup.mapping_file, name="integration-mapping"),
    path("pause/", integrations.pause, name="integration-pause"),
    path("preview/", integrations.preview, name="integration-preview"),
    path("settings/", settings.settings, name="integration-settings"),
]
RUNS = [
    path("", run_list.runs, name="runs"),
    path("<int:pk>/", run.run, name="run"),
    path("<int:pk>/approve/", approve.approve, name="run-approve"),
    path("<int:pk>/discard/", approve.discard, name="run-discard"),
    path("<int:pk>/people/<path:source_id>/undo/", undo.undo_run, name="run-undo-person"),
    path("<int:pk>/people/<path:source_id>/", run_person.run_person, name="run-person"),
    path("<int:pk>/undo/", undo.undo_run, name="run-undo"),
    path("<int:pk>/release/<path:source_id>", approve.release, name="run-release"),
    path("sync/", run_list.sync_now, name="runs-sync"),
]
PROFILE: list[URLPattern | URLResolver] = [
    path("", profile.profile, name="profile"),
    path("access/", profile_edits.access, name="profile-access"),
    path("extra/<slug:kind>/", profile_edits.extra, name="profile-extra"),
    path("field/<slug:name>/", profile_edits.field, name="profile-field"),
    path("hold/", overrides.set_override, name="override-set"),
    path("release/<slug:name>/", overrides.release_override, name="override-release"),
    path("link/", profile_edits.link, name="profile-link"),
    path("mail/", profile_edits.mail, name="profile-mail"),
    path("notes/", profile_edits.notes, name="profile-notes"),
    path("review/", profile_edits.review, name="profile-review"),
    path("role/", profile_edits.role, name="profile-role"),
]
USERS: list[URLPattern | URLResolver] = [
    path("", user_list.users, name="users"),
    path("held/", overrides.override_list, name="overrides"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path(
        "duplicates/<int:one_id>/<int:other_id>/different/",
        duplicates.mark_different,
        name="duplicates-different",
    ),
    path("merge/<int:kept_id>/<int:merged_id>/", duplicates.merge, name="merge"),
    path("unmerge/<int:pk>/", duplicates.unmerge, name="unmerge"),
    path("<int:user_id>/", profile.person, name="person"),
    path("<int:user_id>/add-here/", add_user.add_here, name="person-add-here"),
    path("<int:user_id>/<int:location_id>/", include(PROFILE)),
    path("add/", add_user.add, name="user-add"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", start_page.start_page, name="home"),
    *ACCOUNT,
    path("cms/", include(CMS)),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/add/", integrations.add, name="integration-add"),
    path("integrations/<slug:organization>/<slug:slug>/", include(INTEGRATION)),
    path("issues/", issue_list.issues, name="issues"),
    path("issues/<int:pk>/map/", issue_mapping.map_issue, name="issue-map"),
    path("place/", preferences.choose_place, name="place"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:integration>/<path:source_id>/", questions.question, name="question"),
    path("runs/", include(RUNS)),
    path("theme/", preferences.choose_theme, name="theme"),
    path("users/", include(USERS)),
    path("where/", search.whereis, name="whereis"),
]
