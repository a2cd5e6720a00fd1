from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "schedulepop.messages"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"
