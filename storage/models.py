"""Buckets: the top folders of the object storage."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from console.access import OwnedQuerySet

EXAMPLES = "examples"
"""The bucket of the shipped examples: read-only, for everybody."""


class BucketQuerySet(OwnedQuerySet):
    def visible_to(self, user):
        """The user's and their teams' buckets, and the shared ones, which have no owner."""
        return self if user.is_staff else super().visible_to(user) | self.filter(owner=None)


class Bucket(models.Model):
    """One bucket, `obs://<name>/`."""

    name = models.CharField(
        max_length=63,
        unique=True,
        validators=[
            RegexValidator(
                r"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z",
                "Use 3 to 63 lower-case letters, digits, hyphens or dots, "
                "with a letter or digit at both ends.",
            )
        ],
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="buckets",
        help_text="Empty: everybody who may sign in can read it.",
    )  # fmt: skip
    read_only = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = BucketQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def writable_by(self, user) -> bool:
        """Whether the user may add, change and delete its files."""
        return not self.read_only and (user.is_staff or self.owner_id == user.pk)
