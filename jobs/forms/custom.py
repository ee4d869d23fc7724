"""Custom code: a script that is run without a saved algorithm."""

from pathlib import PurePosixPath

from django import forms

from algorithms.models import CodeSnapshot, Engine, name_validator
from algorithms.snapshots import CodeError, arrivals, check_boot_file, keep, read_code
from algorithms.specification import AlgorithmSpecification, Hyperparameter
from algorithms.values import parse_value
from storage.forms import ObjectField, relative_path
from storage.objects import StorageError, fetch_folder

TYPES = [(kind, kind) for kind in ("String", "Integer", "Float", "Boolean")]


class CustomCodeForm(forms.Form):
    """Engine, code directory and boot file of a job that has no algorithm."""

    prefix = "custom"

    engine = forms.ModelChoiceField(
        Engine.objects.filter(active=True),
        empty_label=None,
        help_text="The interpreter that runs the script.",
    )
    code_directory = ObjectField(
        kind="folder", label="Code directory", help_text="The folder that holds the boot file."
    )
    boot_file = ObjectField(
        kind="file",
        suffix=".py",
        relative=True,
        base_input="#id_custom-code_directory",
        label="Boot file",
        help_text="The .py file inside the code directory that is run.",
    )

    def __init__(self, user, **options):
        self.user = user
        super().__init__(**options)
        self.fields["code_directory"].user = user

    def clean_boot_file(self) -> str:
        folder = self.cleaned_data.get("code_directory")
        return relative_path(self.cleaned_data["boot_file"], folder) if folder else ""

    def take_snapshot(self) -> CodeSnapshot | None:
        """Freeze the code of the valid form; None, with an error beside the field, where it cannot be."""
        try:
            with arrivals() as folder:
                code_folder = folder / "code"
                fetch_folder(self.user, self.cleaned_data["code_directory"], code_folder)
                check_boot_file(
                    code_folder, self.cleaned_data["boot_file"], self.cleaned_data["engine"].python
                )
                return keep(code_folder, read_code(code_folder))
        except StorageError as error:
            self.add_error("code_directory", str(error))
        except CodeError as error:
            self.add_error("boot_file", str(error))
        return None

    def specification(self, rows: tuple[Hyperparameter, ...]) -> AlgorithmSpecification:
        """What the job keeps of its script, as if it had an algorithm."""
        engine = self.cleaned_data["engine"]
        return AlgorithmSpecification(
            boot_file=str(PurePosixPath(self.cleaned_data["boot_file"])),
            code_directory=self.cleaned_data["code_directory"],
            engine_name=str(engine),
            interpreter=engine.interpreter,
            hyperparameters=rows,
        )


class ArgumentForm(forms.Form):
    """One hyperparameter of custom code."""

    name = forms.CharField(validators=[name_validator])
    type = forms.ChoiceField(choices=TYPES, initial="String")
    value = forms.CharField(max_length=4096)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"Hyperparameter {name}"

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("value") is not None and cleaned.get("type"):
            try:
                cleaned["value"] = parse_value(cleaned["value"], cleaned["type"])
            except ValueError as error:
                self.add_error("value", f"{error} Correct it, or choose another type.")
        return cleaned

    def has_changed(self) -> bool:
        """A row that is there is meant, even if it is empty."""
        return True


class BaseArgumentFormSet(forms.BaseFormSet):
    def clean(self):
        seen = set()
        for form in self.forms:
            name = form.cleaned_data.get("name")
            if name and name in seen:
                form.add_error("name", f"{name} is given twice; remove one.")
            seen.add(name)

    def hyperparameters(self) -> tuple[Hyperparameter, ...]:
        """The valid rows, with their values as defaults."""
        return tuple(
            Hyperparameter(row["name"], row["type"], row["value"])
            for row in (form.cleaned_data for form in self.forms)
        )


ArgumentFormSet = forms.formset_factory(ArgumentForm, formset=BaseArgumentFormSet, extra=0, max_num=100)
