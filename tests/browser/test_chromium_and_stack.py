"""The browser talks to a console that really runs."""


def test_a_signed_in_page_shows_the_user(page, user):
    page.goto("/admin/")
    assert page.title()


def test_somebody_unknown_is_sent_to_the_sign_in_page(open_page):
    page = open_page()
    page.goto("/jobs/")
    assert "login" in page.url
