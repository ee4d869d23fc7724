"""Signing in and out, and the account's own password."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
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


class PasswordChange(views.PasswordChangeView):
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
