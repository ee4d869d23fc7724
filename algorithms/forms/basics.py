"""The single fields of Create algorithm: basic information, boot mode, arguments, training constraints."""

import hashlib
import re
from pathlib import PurePosixPath

from django import forms
from django.core.cache import cache
from django.db.models import Q

from algorithms.forms.rows import NAME_MISSING
from algorithms.models import Algorithm, Engine
from runtime.command import CommandError, split_extra
from runtime.images.sandbox import obstacle
from storage.forms import ObjectField, relative_path
from storage.objects import NothingThere, StorageError, check_folder, parse_uri, stat

BOOT_MODES = [("preset", "Preset image"), ("custom", "Custom image")]
LIMITS_KNOWN_SECONDS = 30
"""A folder of many files takes a second to count, too long for every key that is typed."""
OF_ENGINE = ("engine", "boot_file")
OF_IMAGE = ("image", "boot_command")
IMAGE_SUFFIXES = ".tar .tar.gz .tgz"
REGISTRY_NAME = re.compile(
    r"(?!.*\.(?:tar|tgz|tar\.gz)\Z)[a-z0-9][\w.-]*(?::[0-9]+)?(?:/[\w.-]+)*(?:[:@][\w.:-]+)?"
)
QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"")
COMMENT = re.compile(r"(?:^|[\s;&|(])#")
UNFINISHED = re.compile(r"(?:&|\||\\)\Z")
RESOURCE_TYPES = [("CPU", "CPU"), ("GPU", "GPU")]
SUPPORTED = [("no", "Not supported"), ("yes", "Supported")]


class EngineSelect(forms.Select):
    """The second step of the choice; the page narrows it to the framework chosen in the first."""

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        engine = getattr(value, "instance", None)
        if engine is not None:
            option["label"] = engine.version
            option["attrs"] |= {"data-framework": engine.framework}
            if not engine.supports_auto_search:
                option["attrs"]["data-no-search"] = no_search(engine)
        return option


def no_search(engine: Engine) -> str:
    """Why autoSearch(S) is not offered for an engine."""
    return f"The engine {engine} does not support autoSearch(S). Choose another engine to search."


class ImageField(ObjectField):
    """The address of an image's archive; what names an image of a registry gets the way to such an archive."""

    def clean(self, value):
        text = (value or "").strip()
        if REGISTRY_NAME.fullmatch(text):
            raise forms.ValidationError(
                f"Images are not pulled from a registry. Save it (docker save {text} -o image.tar), upload the"
                " archive to the object storage and choose it here."
            )
        return super().clean(value)


class AlgorithmForm(forms.ModelForm):
    """Everything of an algorithm that is not a table."""

    use_required_attribute = False
    field_order = ("name", "description", "boot_mode", "framework", "engine", "image", "boot_command")

    boot_mode = forms.ChoiceField(
        label="Boot mode",
        choices=BOOT_MODES,
        initial="preset",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    framework = forms.ChoiceField(
        label="AI engine", required=False, help_text="The framework, then its version."
    )
    code_directory = ObjectField(
        kind="folder",
        what="code directory",
        required=False,
        label="Code directory",
        help_text="The folder with the script: at most 1,000 files and folders, 5 GB and 32 levels.",
    )
    image = ImageField(
        kind="file",
        what="image",
        suffix=IMAGE_SUFFIXES,
        required=False,
        label="Image",
        help_text="An archive made by docker save, podman save or an OCI tool, or the .tar of a root file "
        "system. It is unpacked once and run by bubblewrap; no container engine is needed.",
    )
    boot_file = ObjectField(
        kind="file",
        what="boot file",
        required=False,
        suffix=".py",
        base_input="#id_code_directory",
        relative=True,
        label="Boot file",
        help_text="The Python file in it that is started. It ends in .py.",
    )
    resource_types = forms.MultipleChoiceField(
        label="Resource type",
        choices=RESOURCE_TYPES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What a training job may run on. Nothing ticked: anything.",
    )
    multi_card = forms.ChoiceField(
        label="Multi-card training",
        choices=SUPPORTED,
        required=False,
        help_text="Whether it can use several GPUs of a node.",
    )
    distributed = forms.ChoiceField(
        label="Distributed training",
        choices=SUPPORTED,
        required=False,
        help_text="Whether it can use several compute nodes.",
    )

    class Meta:
        model = Algorithm
        fields = (
            "name", "description", "image", "boot_command", "engine", "code_directory", "boot_file",
            "argument_style", "boolean_style", "extra_arguments", "pythonpath", "working_directory",
            "auto_search",
        )  # fmt: skip
        widgets = {"description": forms.Textarea(attrs={"rows": 2, "maxlength": 256})}
        error_messages = {"name": NAME_MISSING}
        labels = {
            "boot_command": "Boot command",
            "argument_style": "Argument style",
            "boolean_style": "Booleans",
            "extra_arguments": "Extra arguments",
            "pythonpath": "PYTHONPATH additions",
            "working_directory": "Working directory",
            "auto_search": "autoSearch(S)",
        }
        help_texts = {
            "name": "1 to 64 letters, digits, hyphens or underscores.",
            "auto_search": "The values of its hyperparameters can be searched for automatically.",
            "boot_command": "One line for the image's /bin/sh; commands may be joined by ; and &&. The arguments "
            'follow at its end, or stand where it says "$@".',
            "argument_style": "How the script takes a name and its value.",
            "boolean_style": "How a Boolean hyperparameter is passed.",
            "extra_arguments": "Added to every boot command. Quotes work as in a shell; no shell runs.",
            "working_directory": "Where the boot file is started; relative paths in the script begin there.",
            "pythonpath": "Folders of the code directory to import from, separated by colons, e.g. src:lib.",
        }

    def __init__(self, *args, user, is_draft: bool = False, **options):
        super().__init__(*args, **options)
        self.is_draft = is_draft
        # The snapshot will be taken with the owner's access, whoever edits.
        self.owner = self.instance.owner if self.instance.owner_id else user
        own = self.instance.engine_id
        engines = Engine.objects.filter(Q(pk__in=Engine.objects.offered()) | Q(pk=own))
        self.fields["engine"] = forms.ModelChoiceField(
            engines, label="Version", widget=EngineSelect, empty_label=None, required=False
        )
        frameworks = list(dict.fromkeys(engines.values_list("framework", flat=True)))
        self.fields["framework"].choices = [(name, name) for name in frameworks]
        start = engines.filter(pk=self.initial.get("engine")).first() or self._first(engines)
        if start:
            self.initial |= {"engine": start.pk, "framework": start.framework}
        self._set_constraints(self.initial.get("constraints") or self.instance.constraints)
        if self.initial.get("image"):
            self.initial.setdefault("boot_mode", "custom")
        for name in ("code_directory", "image"):
            self.fields[name].user = self.owner

    @staticmethod
    def _first(engines) -> Engine | None:
        return engines.filter(supports_auto_search=True).first() or engines.first()

    def _set_constraints(self, constraints: dict) -> None:
        self.initial.setdefault("resource_types", constraints.get("resource_types", []))
        for name in ("multi_card", "distributed"):
            self.initial.setdefault(name, "yes" if constraints.get(name) else "no")

    @property
    def is_custom(self) -> bool:
        """Whether a custom image is chosen."""
        return self["boot_mode"].value() == "custom"

    @property
    def image_obstacle(self) -> str:
        """Why the console's own machine cannot run images, as far as that can be told."""
        return obstacle()

    @property
    def engine(self) -> Engine | None:
        """The engine chosen so far."""
        chosen = self["engine"].value()
        engines = self.fields["engine"].queryset
        return engines.filter(pk=chosen).first() if str(chosen or "").isdigit() else engines.first()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if Algorithm.objects.filter(owner=self.owner, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"There is an algorithm {name} already. Choose another name.")
        return name

    def clean_code_directory(self) -> str:
        folder = self.cleaned_data["code_directory"]
        if folder and (problem := self._limits_problem(folder)):
            raise forms.ValidationError(problem)
        return folder

    def _limits_problem(self, folder: str) -> str:
        """What the code directory exceeds; while the form is typed, as it was found half a minute ago."""
        place = hashlib.sha256(folder.encode()).hexdigest()
        key = f"code-limits-{self.owner.pk}-{place}"
        known = cache.get(key) if self.is_draft else None
        if known is None:
            try:
                check_folder(self.owner, folder)
                known = ""
            except StorageError as error:
                known = str(error)
            cache.set(key, known, LIMITS_KNOWN_SECONDS)
        return known

    def clean_boot_file(self) -> str:
        """The path inside the code directory; both that and an obs:// address may be typed."""
        folder = self.cleaned_data.get("code_directory")
        if not folder or not self.cleaned_data["boot_file"]:
            return self.cleaned_data["boot_file"]
        inside = relative_path(self.cleaned_data["boot_file"], folder)
        try:
            place = parse_uri(folder).child(inside)
            found = stat(self.owner, place)
        except NothingThere:
            raise forms.ValidationError(f"There is no file {place}. Choose another, or upload it.") from None
        except StorageError as error:
            raise forms.ValidationError(str(error)) from None
        if found.is_folder:
            raise forms.ValidationError(f"{place} is a folder. Choose a .py file in it.")
        return inside

    def clean_boot_command(self) -> str:
        text = self.cleaned_data["boot_command"].strip()
        if "\n" in text or "\r" in text:
            raise forms.ValidationError("Write the boot command in one line; join commands with ; or &&.")
        if UNFINISHED.search(text):
            raise forms.ValidationError("A command has to follow at the end: it gets the arguments.")
        if COMMENT.search(QUOTED.sub("q", text)):
            raise forms.ValidationError("Leave out the comment after #: the arguments would be part of it.")
        return text

    def clean_extra_arguments(self) -> str:
        text = self.cleaned_data["extra_arguments"]
        try:
            split_extra(text)
        except CommandError as error:
            raise forms.ValidationError(str(error)) from None
        return text

    def clean_pythonpath(self) -> str:
        folders = [folder.strip() for folder in self.cleaned_data["pythonpath"].split(":") if folder.strip()]
        for folder in folders:
            path = PurePosixPath(folder)
            if path.is_absolute() or ".." in path.parts:
                raise forms.ValidationError(f"{folder} is not a folder inside the code directory.")
        return ":".join(folders)

    def clean(self):
        cleaned = super().clean()
        self._keep_to_mode(cleaned)
        engine = cleaned.get("engine")
        if cleaned.get("auto_search") and engine and not engine.supports_auto_search:
            self.add_error("auto_search", no_search(engine))
        if engine and engine.resource_types:
            other = set(cleaned.get("resource_types") or ()) - set(engine.resource_types)
            if other:
                only, untick = ", ".join(engine.resource_types), ", ".join(sorted(other))
                self.add_error("resource_types", f"The engine {engine} runs on {only} only. Untick {untick}.")
        return cleaned

    def _keep_to_mode(self, cleaned: dict) -> None:
        """Demand what the boot mode needs and drop what belongs to the other one."""
        custom = cleaned.get("boot_mode") == "custom"
        needed, other = (OF_IMAGE, OF_ENGINE) if custom else (OF_ENGINE, OF_IMAGE)
        for name in other:
            self.errors.pop(name, None)
            cleaned[name] = None if name == "engine" else ""
        for name in needed if custom else (*needed, "code_directory"):
            if not cleaned.get(name) and name not in self.errors:
                verb = "Enter" if name == "boot_command" else "Choose"
                self.add_error(name, f"{verb} the {self.fields[name].label.lower()}.")

    @property
    def constraints(self) -> dict:
        """The training constraints as they are stored."""
        return {
            "resource_types": self.cleaned_data["resource_types"] or _only_some(self.cleaned_data["engine"]),
            "multi_card": self.cleaned_data["multi_card"] == "yes",
            "distributed": self.cleaned_data["distributed"] == "yes",
        }


def _only_some(engine: Engine | None) -> list[str]:
    """The resource types an engine is limited to; empty where it runs on all."""
    types = engine.resource_types if engine else []
    return [] if {name for name, _ in RESOURCE_TYPES} <= set(types) else types
