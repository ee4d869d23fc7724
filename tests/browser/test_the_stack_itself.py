"""What browser tests rely on: a running console, its database, and a page that keeps nothing to itself."""

import pytest
from django.contrib.auth import get_user_model


def test_the_test_and_the_console_see_the_same_rows(page, user):
    page.goto("/")
    assert get_user_model().objects.filter(pk=user.pk, is_staff=False).exists()
    get_user_model().objects.filter(pk=user.pk).update(is_staff=True)
    page.goto("/admin/")
    assert page.url.endswith("/admin/")


def test_somebody_unknown_is_sent_to_the_sign_in_page(open_page):
    page = open_page()
    page.goto("/jobs/")
    assert "next=/jobs/" in page.url


@pytest.mark.parametrize(
    ("misdeed", "complaint"),
    [
        ("console.error('it hurts')", "it hurts"),
        ("setTimeout(() => { throw new Error('nobody catches') })", "nobody catches"),
        (
            "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))",
            "Content Security Policy",
        ),
    ],
)
def test_what_goes_wrong_in_a_page_is_noted(page, page_errors, misdeed, complaint, eventually):
    page.goto("/")
    assert page_errors == []
    page.evaluate(misdeed)
    eventually(lambda: page.wait_for_timeout(20) or page_errors)
    assert complaint in " ".join(page_errors)
    page_errors.clear()
