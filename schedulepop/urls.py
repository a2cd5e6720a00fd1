"""All addresses of the product, by door."""

from django.urls import include, path

handler400 = "schedulepop.web.shell.bodies.bad_request"
urlpatterns = [path("", include("schedulepop.web.urls"))]
handler500 = "schedulepop.web.shell.unavailable.server_error"
