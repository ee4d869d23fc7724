"""Environment variables of a job: plain ones, and secret ones whose values are never shown again."""

from django import forms
from django.core.validators import RegexValidator

from runtime.environment import RESERVED

MAX_VARIABLES = 100


class EnvironmentForm(forms.Form):
    """One variable."""

    name = forms.CharField(
        max_length=256,
        validators=[
            RegexValidator(
                r"\A[A-Za-z_][A-Za-z0-9_]*\Z",
                "Use letters, digits and underscores, with a letter or underscore first.",
            )
        ],
    )
    value = forms.CharField(max_length=4096, required=False, strip=False)
    secret = forms.BooleanField(required=False)
    kept = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"Variable {name}"
        if self["secret"].value():
            self.fields["value"].widget = forms.PasswordInput(
                render_value=True, attrs={"aria-label": "Variable value", "autocomplete": "new-password"}
            )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if name in RESERVED:
            raise forms.ValidationError(f"The console sets {name} itself. Choose another name.")
        return name

    def clean_value(self) -> str:
        value = self.cleaned_data["value"]
        if "$" in value:
            raise forms.ValidationError("Leave out the $ sign: values are passed as they are.")
        if "\0" in value or "\n" in value:
            raise forms.ValidationError("Enter the value on one line.")
        return value

    def clean(self):
        cleaned = super().clean()
        given = cleaned.get("value") or cleaned.get("kept") or "value" in self.errors
        if cleaned.get("secret") and not given:
            self.add_error("value", f"Enter the secret value of {cleaned.get('name') or 'this variable'}.")
        return cleaned

    def has_changed(self) -> bool:
        """A row that is there is meant, even if it is empty."""
        return True


class BaseEnvironmentFormSet(forms.BaseFormSet):
    def __init__(self, *args, kept: dict[str, str] | None = None, **options):
        """`kept` holds the secret values of the job that is rebuilt; they are used where none is typed."""
        self.kept_values = kept or {}
        super().__init__(*args, **options)

    def clean(self):
        seen = set()
        for form in self.forms:
            name = form.cleaned_data.get("name")
            if name and name in seen:
                form.add_error("name", f"{name} is given twice; remove one.")
            seen.add(name)
            if form.cleaned_data.get("kept") and not form.cleaned_data.get("value"):
                self._take_kept(form, name)

    def _take_kept(self, form: EnvironmentForm, name: str | None) -> None:
        if name in self.kept_values:
            form.cleaned_data |= {"value": self.kept_values[name], "secret": True}
        elif name:
            form.add_error("value", f"Enter the secret value of {name} again.")

    def values(self, *, secret: bool) -> dict[str, str]:
        """The valid variables of that kind, by name."""
        rows = (form.cleaned_data for form in self.forms)
        return {row["name"]: row["value"] for row in rows if row["secret"] == secret}


EnvironmentFormSet = forms.formset_factory(
    EnvironmentForm,
    formset=BaseEnvironmentFormSet,
    extra=0,
    max_num=MAX_VARIABLES,
    validate_max=True,
    absolute_max=MAX_VARIABLES + 900,
)


def environment_initial(plain: dict[str, str], secrets: dict[str, str]) -> list[dict]:
    """Rows for a form that is filled in from a job; secret values stay behind."""
    return [{"name": name, "value": value} for name, value in plain.items()] + [
        {"name": name, "secret": True, "kept": True} for name in secrets
    ]
