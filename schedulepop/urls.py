"""All addresses of the product, by door."""

from django.urls import include, path

urlpatterns = [path("", include("schedulepop.web.urls"))]
