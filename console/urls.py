"""One prefix per page of the documentation's menu."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from console import accounts, views

admin.site.site_header = admin.site.site_title = "Argmax administration"
admin.site.index_title = "Administration"
admin.site.site_url = None  # base_site.html has a link of its own

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/sign-in/", accounts.SignIn.as_view(), name="login"),
    path("accounts/sign-out/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", accounts.PasswordChange.as_view(), name="password_change"),
    path("algorithms/", include("algorithms.urls")),
    path("jobs/", include("jobs.urls")),
    path("storage/", include("storage.urls")),
    path("admin/login/", accounts.admin_sign_in),  # the console's own pages instead of the admin site's
    path("admin/logout/", LogoutView.as_view()),
    path("admin/queues/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
]
