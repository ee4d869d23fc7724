"""Signing in and out, and the account's own password."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy


class SignInForm(AuthenticationForm):
    """Django's form with an answer that helps."""

    error_messages = {
        "invalid_login": "User name or password is not right. Both are case-sensitive: check Caps Lock "
        "and the spelling, or ask an administrator to set a new password.",
        "inactive": "This account is switched off. Ask an administrator to switch it on.",
    }


class SignIn(views.LoginView):
    authentication_form = SignInForm
    redirect_authenticated_user = True


class PasswordForm(PasswordChangeForm):
    """Django's form in the page's words; what is wrong with a new password is told where it is typed first."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["old_password"].label = "Current password"
        self.fields["new_password2"].label = "New password again"

    def validate_password_for_user(self, user, *_) -> None:
        super().validate_password_for_user(user, "new_password1")


class PasswordChange(views.PasswordChangeView):
    form_class = PasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form):
        messages.success(self.request, "Your password is changed.")
        return super().form_valid(form)


@login_not_required
def admin_sign_in(request):
    """Where the admin site sends people it does not let in: strangers to the sign-in, others away."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse('login')}?{request.GET.urlencode()}")
