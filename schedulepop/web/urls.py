"""Every page's address, sorted."""

from __future__ import annotations

from django.urls import URLPattern, path

from schedulepop.web import (
    account,
    forgotten,
    home,
    mail,
    place,
    profile,
    profile_edits,
    set_up,
    sign_in,
    users,
)

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("account/", account.account, name="account"),
    path("demo-sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("dev/mail/", mail.mail, name="mail"),
    path("dev/mail/<slug:name>/", mail.mail_html, name="mail_html"),
    path("forgotten/", forgotten.forgotten, name="forgotten"),
    path("place/", place.place, name="place"),
    path("set-up/<str:token>/", set_up.set_up, name="set_up"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("theme/", place.theme, name="theme"),
    path("users/", users.users, name="users"),
    path("users/<int:user_id>/", profile.person, name="person"),
    path("users/<int:user_id>/<int:location_id>/", profile.profile, name="profile"),
    path("users/<int:user_id>/<int:location_id>/access/", profile_edits.access, name="profile_access"),
    path(
        "users/<int:user_id>/<int:location_id>/extra/<slug:kind>/", profile_edits.extra, name="profile_extra"
    ),
    path(
        "users/<int:user_id>/<int:location_id>/field/<slug:name>/", profile_edits.field, name="profile_field"
    ),
    path("users/<int:user_id>/<int:location_id>/mail/", profile_edits.mail, name="profile_mail"),
    path("users/<int:user_id>/<int:location_id>/notes/", profile_edits.notes, name="profile_notes"),
    path("users/<int:user_id>/<int:location_id>/role/", profile_edits.role, name="profile_role"),
]
