"""The template tags every page is made of."""

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.utils import timezone

from algorithms.models import AlgorithmStatus
from console.templatetags.console import STATUSES
from jobs.execution.states import JobStatus, TrialStatus


@pytest.fixture
def render(rf):
    """`render(source, address, **context)` renders template text as a page at that address would."""

    def draw(source: str, address: str = "/", **context) -> str:
        template = engines["django"].from_string("{% load console %}" + source)
        return template.render(context, rf.get(address))

    return draw


class Sample(forms.Form):
    name = forms.CharField(help_text="Letters and digits.")
    size = forms.ChoiceField(choices=[("s", "Small"), ("l", "Large")])
    kind = forms.ChoiceField(choices=[("a", "First"), ("b", "Second")], widget=forms.RadioSelect)
    on = forms.BooleanField(required=False, label="autoSearch(S)")


@pytest.mark.parametrize("status", sorted({*JobStatus.values, *TrialStatus.values, *AlgorithmStatus.values}))
def test_every_status_has_a_pill_with_icon_and_word(render, status):
    assert status in STATUSES
    pill = render("{% status_pill status %}", status=status)
    assert f"</svg>{status}</span>" in pill
    assert "question" not in STATUSES[status][1]


def test_a_status_is_escaped(render):
    assert "<b>" not in render("{% status_pill status %}", status="<b>")


def test_a_moment_is_relative_with_the_exact_one_in_the_title(render):
    moment = timezone.now() - timedelta(minutes=3, seconds=5)
    shown = render("{% ago moment %}", moment=moment)
    assert "3 minutes ago</time>" in shown
    assert f'title="{moment:%Y-%m-%d %H:%M:%S} UTC"' in shown
    assert "data-ago" in shown


def test_an_exact_moment_carries_its_zone_for_the_browser(render):
    shown = render("{% moment moment %}", moment=datetime(2026, 5, 1, 12, tzinfo=UTC))
    assert 'datetime="2026-05-01T12:00:00.000+00:00"' in shown


def test_a_number_is_short_and_copies_exactly(render):
    shown = render("{% exact value %}", value=0.123456789012)
    assert 'data-copy="0.123456789012"' in shown
    assert ">0.12346</data>" in shown


@pytest.mark.parametrize("value", ['<b>"x"', ['<b>"x"'], {"<b>": '"x"'}])
def test_an_exact_value_that_holds_markup_is_escaped(render, value):
    shown = render("{% exact value %}{% exact_cells values %}", value=value, values=[value, 1])
    assert "<b>" not in shown
    assert '"x"' not in shown
    assert shown.count('<td class="num"><data') == 2


def test_a_field_ties_help_and_error_to_its_input(render):
    shown = render("{% field form.name %}", form=Sample({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in shown
    assert 'id="id_name_helptext"' in shown
    assert 'id="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'class="form-control is-invalid"' in shown
    assert '<label class="form-label" for="id_name">' in shown


def test_a_field_in_a_table_keeps_its_label_for_screen_readers(render):
    assert 'class="form-label visually-hidden"' in render("{% field form.name compact=True %}", form=Sample())


def test_a_field_takes_more_attributes(render):
    shown = render('{% field form.name placeholder="digits" data_kind="x" %}', form=Sample())
    assert 'placeholder="digits"' in shown
    assert 'data-kind="x"' in shown


def test_choices_are_one_group_with_a_label_each(render):
    shown = render("{% field form.kind %}", form=Sample({"kind": "b"}))
    assert shown.count('class="form-check-input"') == 2
    assert '<label class="form-check-label" for="id_kind_1">Second</label>' in shown
    assert shown.count("checked") == 1
    assert "<legend" in shown


def test_selects_and_boxes_get_their_own_classes(render):
    assert 'class="form-select"' in render("{% field form.size %}", form=Sample())
    assert 'class="form-check-input"' in render("{% field form.on %}", form=Sample())


def test_sorting_turns_round_and_forgets_the_page(render):
    source = '{% sort_header "name" "Name" %}'
    assert 'href="?q=a&amp;sort=name"' in render(source, "/?q=a&page=3")
    up = render(source, "/?sort=name")
    assert 'href="?sort=-name"' in up
    assert 'aria-sort="ascending"' in up
    assert 'aria-sort="descending"' in render(source, "/?sort=-name")


def test_the_lists_own_order_is_marked_where_none_is_chosen(render):
    source = '{% sort_header "created" "Created" default="-created" %}'
    assert 'aria-sort="descending"' in render(source)
    assert "aria-sort" not in render(source, "/?sort=name")


def test_pages_keep_the_filters(render):
    page = Paginator(range(45), 20).page(2)
    shown = render('{% include "console/_pagination.html" %}', "/?q=a&page=2", page_obj=page)
    assert "21–40 of 45" in shown
    assert 'href="?q=a&amp;page=1"' in shown
    assert 'href="?q=a&amp;page=3"' in shown


def test_a_forms_errors_are_listed_with_links_to_the_fields(render):
    shown = render('{% include "console/_form_errors.html" %}', form=Sample({"kind": "a", "size": "s"}))
    assert '<a href="#id_name">Name</a>: This field is required.' in shown
