"""One row with one number."""

from django.db import models, transaction
from django.db.models import F


class ClickCounter(models.Model):
    """The number."""

    count = models.IntegerField(default=0)

    @classmethod
    def get_current_count(cls) -> int:
        """The current number."""
        return cls.objects.get_or_create(pk=1)[0].count

    @classmethod
    @transaction.atomic
    def increment(cls) -> int:
        """Add one, in the database."""
        counter, _ = cls.objects.select_for_update().get_or_create(pk=1)
        counter.count = F("count") + 1
        counter.save()
        counter.refresh_from_db()
        return counter.count
