"""How a person likes the pages to be."""

from typing import Any

from django.conf import settings
from django.db import models

KEPT = "_preferences"
"""Where a user, who lives as long as a request, keeps what was read."""


class PreferenceQuerySet(models.QuerySet):
    def read(self, user, name: str, default: Any = None) -> Any:
        """What the user has chosen under that name, or the default; all choices are read with the first one."""
        if not hasattr(user, KEPT):
            setattr(user, KEPT, dict(self.filter(user=user).values_list("name", "value")))
        return getattr(user, KEPT).get(name, default)

    def keep(self, user, name: str, value: Any) -> None:
        """Remember the choice, a JSON value."""
        self.update_or_create(user=user, name=name, defaults={"value": value})
        getattr(user, KEPT, {})[name] = value


class Preference(models.Model):
    """One choice of one person, such as the columns of a table, kept from visit to visit."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=64)
    value = models.JSONField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="preference_unique")]

    def __str__(self) -> str:
        return f"{self.name} of {self.user}"
