"""Parts of the trials table that are written without a template: of fifty rows, that takes a quarter of the time."""

from collections.abc import Callable, Collection

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from console import words
from console.templatetags.console import exact, exact_cells, moment, seconds_since, status_pill
from jobs.execution.states import TrialStatus
from jobs.models import Trial

register = template.Library()
HANGING = mark_safe(' <span class="pill pill-warning">suspected to hang</span>')
STARRED = mark_safe('<span class="star" aria-label="Starred" role="img">★</span>')
STAR = {
    True: ("true", "Starred: click to take the star away", "", "★"),
    False: ("false", "Star it, to find it again", "1", "☆"),
}
"""Of a trial with and without a star: whether its button is pressed, its title, what it sends, its sign."""


@register.simple_tag
def trial_star(trial: Trial, address: str, changeable: bool) -> SafeString | str:
    """The star of a trial: a button that asks the address to turn it over, or only a sign of it."""
    if not changeable:
        return STARRED if trial.starred else ""
    number, (pressed, title, sent, sign) = trial.number, STAR[trial.starred]
    return format_html(
        '<button type="button" class="btn-icon star" id="star-{}" aria-pressed="{}" aria-label="Star trial {}" '
        """title="{}" hx-post="{}" hx-vals='{{"starred": "{}"}}' hx-swap="outerHTML">{}</button>""",
        number, pressed, number, title, address, sent, sign,
    )  # fmt: skip


@register.simple_tag
def trial_cells(trial: Trial, shown: Collection[str]) -> SafeString:
    """The trial's cells of the columns that are shown, from its status to its end.

    `trial.cells` holds the values of its hyperparameters' columns, `trial.difference` how far it is from the best.
    """
    before = [CELLS[key](trial) for key in BEFORE if key in shown]
    after = [CELLS[key](trial) for key in AFTER if key in shown]
    return mark_safe("".join([*before, exact_cells(trial.cells), *after]))  # noqa: S308  each is escaped


def _cell(css: str, content: object) -> str:
    """A cell with a number or with what is escaped already."""
    return f'<td class="{css}">{content}</td>'


def _status(trial: Trial) -> SafeString:
    reason = trial.reason and format_html(
        '<div class="job-reason truncate" title="{}">{}</div>', trial.reason, trial.reason
    )
    hanging = HANGING if trial.hanging and trial.status == TrialStatus.RUNNING else ""
    return format_html("<td>{}{}{}</td>", status_pill(trial.status), hanging, reason)


def _value(trial: Trial) -> str:
    lost = trial.nonfinite_count and format_html(
        ' <span class="pill pill-warning" title="{} of its values are NaN or infinite">NaN</span>',
        trial.nonfinite_count,
    )
    return _cell("num", f"{exact(trial.value)}{lost or ''}")


def _duration(trial: Trial) -> str:
    return _cell("num", words.duration(seconds_since(trial.started, trial.ended)))


def _worker(trial: Trial) -> SafeString:
    return format_html('<td class="muted">{}</td>', trial.worker or words.NOTHING)


CELLS: dict[str, Callable[[Trial], str]] = {
    "status": _status,
    "value": _value,
    "difference": lambda trial: _cell("num", exact(trial.difference)),
    "steps": lambda trial: _cell("num", trial.point_count),
    "duration": _duration,
    "attempts": lambda trial: _cell("num", trial.attempt),
    "worker": _worker,
    "started": lambda trial: _cell("time", moment(trial.started)),
    "ended": lambda trial: _cell("time", moment(trial.ended)),
}
BEFORE = ("status", "value", "difference")
AFTER = ("steps", "duration", "attempts", "worker", "started", "ended")
