"""Who may see and who may change what: every object is reached through one of these two doors."""

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q


class OwnedQuerySet(models.QuerySet):
    """Rows that have an `owner`."""

    def visible_to(self, user):
        """Rows the user may read: their own, those of people they share a group with; staff see all."""
        if user.is_staff:
            return self
        teams = user.groups.values("pk")
        return self.filter(Q(owner=user) | Q(owner__in=get_user_model().objects.filter(groups__in=teams)))

    def changeable_by(self, user):
        """Rows the user may change, stop or delete: their own; staff all."""
        return self if user.is_staff else self.filter(owner=user)
