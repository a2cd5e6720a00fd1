"""Every page's address, sorted."""

from __future__ import annotations

from django.urls import URLPattern, path

from schedulepop.web.account import account, account_link, confirm_address, forgot_password, mail, sign_in
from schedulepop.web.cms import labor_codes
from schedulepop.web.home import home
from schedulepop.web.integrations import crosswalk, integrations, limits, mapping_change, settings, setup
from schedulepop.web.issues import issue_mapping, issues, questions
from schedulepop.web.runs import approve, person, run, runs, undo
from schedulepop.web.shell import place
from schedulepop.web.users import add_user, duplicates, overrides, profile, profile_edits, users
from schedulepop.web.whereis import whereis

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("account/", account.account, name="account"),
    path("account/confirm/", account.confirm, name="account-confirm"),
    path("account/digest/", account.digest, name="account-digest"),
    path("confirm/<str:token>/", confirm_address.confirm_address, name="confirm-address"),
    path("cms/", labor_codes.labor, name="cms"),
    path("cms/code/<int:duty_id>/", labor_codes.choose, name="cms-code"),
    path("cms/employees/<int:location_id>/<str:quarter>/", labor_codes.employees, name="cms-employees"),
    path("cms/facility/<int:location_id>/", labor_codes.facility, name="cms-facility"),
    path("cms/ids/<str:quarter>/", labor_codes.ids, name="cms-ids"),
    path("cms/ids/<str:quarter>/<slug:form>/", labor_codes.ids_file, name="cms-ids-file"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo-sign-in"),
    path("dev/mail/", mail.mail, name="mail"),
    path("dev/mail/<slug:name>/", mail.mail_html, name="mail-html"),
    path("forgotten/", forgot_password.forgotten, name="forgotten"),
    path("integrations/", integrations.integrations, name="integrations"),
    path("integrations/add/", integrations.add, name="integration-add"),
    path("integrations/<slug:organization>/<slug:slug>/", integrations.integration, name="integration"),
    path(
        "integrations/<slug:organization>/<slug:slug>/activate/",
        integrations.activate,
        name="integration-activate",
    ),
    path(
        "integrations/<slug:organization>/<slug:slug>/changes/",
        mapping_change.changes,
        name="integration-changes",
    ),
    path(
        "integrations/<slug:organization>/<slug:slug>/changes/forget/",
        mapping_change.forget,
        name="integration-forget",
    ),
    path("integrations/<slug:organization>/<slug:slug>/codes/", setup.codes, name="integration-codes"),
    path("integrations/<slug:organization>/<slug:slug>/columns/", setup.columns, name="integration-columns"),
    path(
        "integrations/<slug:organization>/<slug:slug>/crosswalk/",
        crosswalk.crosswalk,
        name="integration-crosswalk",
    ),
    path(
        "integrations/<slug:organization>/<slug:slug>/file/", integrations.receive, name="integration-receive"
    ),
    path(
        "integrations/<slug:organization>/<slug:slug>/import/",
        setup.import_mapping,
        name="integration-import",
    ),
    path("integrations/<slug:organization>/<slug:slug>/limits/", limits.show, name="integration-limits"),
    path(
        "integrations/<slug:organization>/<slug:slug>/mapping.toml",
        setup.mapping_file,
        name="integration-mapping",
    ),
    path("integrations/<slug:organization>/<slug:slug>/pause/", integrations.pause, name="integration-pause"),
    path(
        "integrations/<slug:organization>/<slug:slug>/preview/",
        integrations.preview,
        name="integration-preview",
    ),
    path(
        "integrations/<slug:organization>/<slug:slug>/settings/",
        settings.settings,
        name="integration-settings",
    ),
    path("issues/", issues.issues, name="issues"),
    path("issues/<int:pk>/map/", issue_mapping.map_issue, name="issue-map"),
    path("place/", place.place, name="place"),
    path("questions/", questions.questions, name="questions"),
    path("questions/<int:integration>/<path:source_id>/", questions.question, name="question"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:pk>/", run.run, name="run"),
    path("runs/<int:pk>/approve/", approve.approve, name="run-approve"),
    path("runs/<int:pk>/discard/", approve.discard, name="run-discard"),
    path("runs/<int:pk>/people/<path:source_id>/undo/", undo.take_back, name="run-undo-person"),
    path("runs/<int:pk>/people/<path:source_id>/", person.explained, name="run-person"),
    path("runs/<int:pk>/undo/", undo.take_back, name="run-undo"),
    path("runs/<int:pk>/release/<path:source_id>", approve.release, name="run-release"),
    path("runs/sync/", runs.sync_now, name="runs-sync"),
    path("set-up/<str:token>/", account_link.set_up, name="set-up"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("theme/", place.theme, name="theme"),
    path("users/", users.users, name="users"),
    path("users/held/", overrides.all_held, name="held"),
    path("users/duplicates/", duplicates.duplicates, name="duplicates"),
    path(
        "users/duplicates/<int:one_id>/<int:other_id>/different/",
        duplicates.different,
        name="duplicates-different",
    ),
    path("users/merge/<int:kept_id>/<int:merged_id>/", duplicates.merge, name="merge"),
    path("users/unmerge/<int:pk>/", duplicates.unmerge, name="unmerge"),
    path("users/<int:user_id>/", profile.person, name="person"),
    path("users/<int:user_id>/add-here/", add_user.add_here, name="person-add-here"),
    path("users/<int:user_id>/<int:location_id>/", profile.profile, name="profile"),
    path("users/<int:user_id>/<int:location_id>/access/", profile_edits.access, name="profile-access"),
    path(
        "users/<int:user_id>/<int:location_id>/extra/<slug:kind>/", profile_edits.extra, name="profile-extra"
    ),
    path(
        "users/<int:user_id>/<int:location_id>/field/<slug:name>/", profile_edits.field, name="profile-field"
    ),
    path("users/<int:user_id>/<int:location_id>/hold/", overrides.hold, name="profile-hold"),
    path(
        "users/<int:user_id>/<int:location_id>/release/<slug:name>/",
        overrides.release,
        name="profile-release",
    ),
    path("users/<int:user_id>/<int:location_id>/link/", profile_edits.link, name="profile-link"),
    path("users/<int:user_id>/<int:location_id>/mail/", profile_edits.mail, name="profile-mail"),
    path("users/<int:user_id>/<int:location_id>/notes/", profile_edits.notes, name="profile-notes"),
    path("users/<int:user_id>/<int:location_id>/review/", profile_edits.review, name="profile-review"),
    path("users/<int:user_id>/<int:location_id>/role/", profile_edits.role, name="profile-role"),
    path("users/add/", add_user.add, name="user-add"),
    path("where/", whereis.whereis, name="whereis"),
]
