"""The small parts every page is made of: see docs/look.md."""

import json
import math
from datetime import datetime, timedelta
from functools import cache

from django import template
from django.forms import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.forms.boundfield import BoundField, BoundWidget
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from heroicons.templatetags.heroicons import heroicon_micro, heroicon_outline

from console import words

register = template.Library()
register.filter("number", words.number)
register.simple_tag(words.duration, name="duration")

STATUSES = {
    "Creating": ("info", "cog-6-tooth"),
    "Pending": ("neutral", "clock"),
    "Running": ("running", "play-circle"),
    "Completed": ("success", "check-circle"),
    "Available": ("success", "check-circle"),
    "Failed": ("danger", "x-circle"),
    "Abnormal": ("warning", "exclamation-triangle"),
    "Terminating": ("warning", "stop-circle"),
    "Terminated": ("neutral", "stop-circle"),
    "Stopped": ("neutral", "stop-circle"),
}
"""Tone (a CSS class) and icon of every status word of jobs, trials and algorithms."""


@register.simple_tag
def status_pill(status: str) -> SafeString:
    """A status as coloured pill with icon and word; a word it does not know gets a neutral one."""
    return _pill(str(status))


@cache
def _pill(status: str) -> SafeString:
    tone, icon = STATUSES.get(status, ("neutral", "question-mark-circle"))
    return format_html(
        '<span class="pill pill-{}" data-status="{}">{}{}</span>', tone, status, heroicon_micro(icon), status
    )


@register.simple_tag
def ago(moment: datetime | None) -> SafeString | str:
    """A moment as `<time>`, relative to now; base.js keeps it right; the title has the exact one."""
    return _time(moment, words.relative(moment, timezone.now()), "data-ago") if moment else words.NOTHING


@register.simple_tag
def moment(value: datetime | None) -> SafeString | str:
    """An exact moment as `<time>`; base.js turns it into the reader's time zone."""
    return _time(value, _utc(value), "data-exact") if value else words.NOTHING


def _utc(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


def _time(value: datetime, text: str, kind: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}" {}>{}</time>',
        value.isoformat(timespec="milliseconds"), _utc(value), kind, text,
    )  # fmt: skip


@register.simple_tag
def exact(value) -> SafeString | str:
    """A number shown short, with the exact one on hover and in copies (a click copies it)."""
    if value is None or value == "":
        return words.NOTHING
    whole, short = str(value), words.number(value)
    if not isinstance(value, int | float):
        whole, short = escape(whole), escape(short)
    return mark_safe(  # noqa: S308  numbers hold nothing that HTML reads; a table has thousands of them
        f'<data class="exact" value="{whole}" title="{whole}" data-copy="{whole}">{short}</data>'
    )


@register.simple_tag
def exact_cells(values) -> SafeString:
    """A table's cell for each value as `exact` shows it: a template's loop takes long over hundreds."""
    return mark_safe("".join(f'<td class="num">{exact(value)}</td>' for value in values))  # noqa: S308  see there


@register.simple_tag
def copy(text, label: str = "Copy") -> SafeString:
    """A button that copies the text; `label` says what, for people who do not see the icon."""
    return format_html(
        '<button type="button" class="btn-icon" data-copy="{}" aria-label="{}" title="{}">{}</button>',
        text, label, label, heroicon_outline("square-2-stack", size=16),
    )  # fmt: skip


@register.inclusion_tag("console/_field.html")
def field(bound: BoundField, label: str | None = None, compact: bool = False, **attrs) -> dict:
    """A form field with label, help and errors. `compact` hides label and help, for cells of a table.

    Other keywords become attributes of the widget, with `_` written for `-`.
    """
    widget = bound.field.widget
    extra = {name.replace("_", "-"): value for name, value in attrs.items()}
    choices = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    css = [extra.pop("class", ""), widget.attrs.get("class", ""), _widget_class(widget)]
    if bound.errors:
        css.append("is-invalid")
    extra["class"] = " ".join(word for word in css if word)
    return {
        "bound": bound,
        "label": bound.label if label is None else label,
        "compact": compact,
        "kind": "choices" if choices else "check" if isinstance(widget, CheckboxInput) else "input",
        "rendered": None if choices else bound.as_widget(attrs=extra),
        "options": _options(bound, extra) if choices else [],
    }


def _widget_class(widget) -> str:
    if isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    if isinstance(widget, FileInput):
        return "form-control form-control-file"
    return "form-control"


def _options(bound: BoundField, attrs: dict) -> list[BoundWidget]:
    """The boxes or circles of a field of choices, each with those attributes."""
    attrs = bound.build_widget_attrs({"id": bound.auto_id, **attrs})
    parts = bound.field.widget.subwidgets(bound.html_name, bound.value(), attrs=attrs)
    return [BoundWidget(bound.field.widget, part, bound.form.renderer) for part in parts]


@register.simple_tag(takes_context=True)
def query_string(context, **changes) -> str:
    """The page's query string with those parameters changed; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return "?" + query.urlencode()


@register.inclusion_tag("console/_sort_header.html", takes_context=True)
def sort_header(context, name: str, label: str, default: str = "", css: str = "") -> dict:
    """A column's heading that sorts by `?sort=name` or `?sort=-name`; `default` is the list's own order."""
    current = context["request"].GET.get("sort") or default
    descending = current == f"-{name}"
    ascending = current == name
    return {
        "label": label,
        "css": css,
        "direction": "ascending" if ascending else "descending" if descending else None,
        "url": query_string(context, sort=f"-{name}" if ascending else name, page=None),
    }


@register.filter
def jsonish(value) -> str:
    """A stored value as people type it: text without quotes, everything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return words.number(value)
    return json.dumps(value)


@register.filter
def percent_of(part: int, whole: int) -> int:
    """A progress bar's filling: 0 to 100."""
    return max(0, min(100, round(100 * part / whole))) if whole else 0


@register.filter
def seconds_since(start: datetime | None, end: datetime | None = None) -> timedelta | None:
    """The time between two moments, or until now while there is no end."""
    return (end or timezone.now()) - start if start else None
