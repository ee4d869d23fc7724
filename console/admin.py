"""People on the administration site."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.admin import UserAdmin

User = get_user_model()
admin.site.unregister(User)

OWNED = {
    "buckets": "Give it another owner, or delete it under Object Storage.",
    "jobs": "Give it another owner, or delete it under Training Jobs.",
    "algorithms": "Give it another owner, or delete it under Algorithm Management.",
}
"""What has to be dealt with before its owner can go, because files belong to it."""
MOST_NAMED = 20


@admin.register(User)
class PersonAdmin(UserAdmin):
    """A person who owns something is kept: the page names it and what to do."""

    def get_deleted_objects(self, objs, request):
        owned = [words for user in objs for words in _owned(user)]
        if not owned:
            return super().get_deleted_objects(objs, request)
        advice = "Or keep the person and untick “Active”: nobody can sign in with the name then."
        return [], {}, set(), [*owned, advice]


def _owned(user) -> list[str]:
    found = []
    for name, remedy in OWNED.items():
        rows = getattr(user, name)
        kind = rows.model._meta.verbose_name
        first = rows.all()[:MOST_NAMED]
        found += [f"{user}: {kind} {row}. {remedy}" for row in first]
        if (rest := rows.count() - len(first)) > 0:
            found.append(f"{user}: {rest} more {rows.model._meta.verbose_name_plural}.")
    return found
