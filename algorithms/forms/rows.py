"""Tables of rows that are edited in place: what every such formset shares."""

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from algorithms.values import parse_float

MAX_ROWS = 100
YES_NO = [("no", "No"), ("yes", "Yes")]
NAME_MISSING = {"required": "Enter a name."}


class RowForm(forms.Form):
    """A row of small controls."""

    use_required_attribute = False

    def has_changed(self) -> bool:
        """Whether anything was typed: what is merely chosen has a value in every row."""
        typed = (name for name, field in self.fields.items() if not isinstance(field, forms.ChoiceField))
        return any((self[name].data or "").strip() for name in typed)

    def add_problem(self, field: str, message: str) -> None:
        """An error found by comparing with other rows or sections; the first one of a field stands."""
        if field not in self.errors:
            self.add_error(field, message)


class RowFormSet(BaseFormSet):
    """Rows in the order they are sent. A row nobody has typed into is left out without complaint."""

    def initial_form_count(self) -> int:
        # Bound rows are all taken as new: the page may have deleted and moved any of them.
        return 0 if self.is_bound else super().initial_form_count()

    @property
    def filled(self) -> list[RowForm]:
        """The rows that say something."""
        if not self.is_bound:
            return list(self.initial_forms)
        return [form for form in self.forms if form.has_changed()]

    @property
    def sound(self) -> list[RowForm]:
        """The filled rows without an error."""
        return [form for form in self.filled if form.is_valid()]


def row_formset(form: type[RowForm], noun: str, most: int = MAX_ROWS) -> type[RowFormSet]:
    """A formset class for such rows; `noun` (plural) is used in its one message."""
    return formset_factory(
        form,
        formset=_named(noun, most),
        extra=0,
        max_num=most,
        validate_max=True,
        absolute_max=most + MAX_ROWS,
    )


def _named(noun: str, most: int) -> type[RowFormSet]:
    class Named(RowFormSet):
        default_error_messages = {
            **RowFormSet.default_error_messages,
            "too_many_forms": f"At most {most} {noun} are possible. Delete some.",
        }

    return Named


class NumberTextField(forms.CharField):
    """A finite number or nothing, shown as it was typed, so that 1e-5 stays 1e-5."""

    def __init__(self, **options):
        super().__init__(required=False, max_length=64, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_float(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
