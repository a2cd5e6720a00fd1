from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "schedulepop.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from schedulepop.web.shell import logs

        logs.configure()
