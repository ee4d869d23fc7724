"""Inputs and outputs of a job: the paths in the object storage behind the algorithm's channels."""

from typing import Any

from django import forms

from algorithms.specification import AlgorithmSpecification, Channel
from storage.forms import ObjectField
from storage.objects import parse_uri, writable


class WritableFolderField(ObjectField):
    """A folder, there already or not, in a bucket the user may change."""

    def __init__(self, **options):
        super().__init__(kind="folder", must_exist=False, required=False, **options)

    def _checked(self, value: str) -> str:
        uri = super()._checked(value)
        if self.user is not None:
            writable(self.user, parse_uri(uri))
        return uri


class InputForm(forms.Form):
    """The data path of one input, named `input-<input>`."""

    def __init__(self, user, channel: Channel, initial=None, **options):
        self.channel = channel
        super().__init__(prefix=f"input-{channel.name}", initial=initial, **options)
        self.fields["path"] = ObjectField(
            kind="folder",
            label=f"Data path of {channel.name}",
            help_text=_help(channel, "Read from here."),
            what=f"the data path of {channel.name}",
            error_messages={"required": f"Enter the data path of {channel.name}."},
        )
        self.fields["path"].user = user


class OutputForm(forms.Form):
    """The path of one output, named `output-<output>`."""

    def __init__(self, user, channel: Channel, initial=None, **options):
        self.channel = channel
        super().__init__(prefix=f"output-{channel.name}", initial=initial, **options)
        self.fields["path"] = WritableFolderField(
            what=f"the path of {channel.name}",
            label=f"Path of {channel.name}",
            help_text=_help(
                channel,
                "What the script writes goes here, into job-<ID>/trial-<number>/, so that jobs may share a path. "
                "Empty: it stays with the job.",
            ),
        )
        self.fields["path"].user = user
        self.fields["predownload"] = forms.BooleanField(
            required=False,
            label=f"Predownload {channel.name}",
            help_text="Copy what is there into the environment first, to resume from it.",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("predownload") and not cleaned.get("path") and "path" not in self.errors:
            self.add_error("path", "Enter the path to predownload from, or switch Predownload off.")
        return cleaned


def _help(channel: Channel, text: str) -> str:
    place = (
        f"the argument --{channel.name}"
        if channel.obtained_from == "hyperparameters"
        else f"the environment variable {channel.name}"
    )
    limit = f" {channel.constraint}" if channel.constraint else ""
    return f"{text} The script finds it by {place}.{limit}"


class StorageForm(forms.Form):
    """Paths that every job has."""

    log_path_uri = WritableFolderField(
        what="the persistent log path",
        label="Persistent log path",
        help_text="Logs are kept here for good, in job-<ID>/. Empty: they are kept with the job.",
    )

    def __init__(self, user, **options):
        super().__init__(**options)
        self.fields["log_path_uri"].user = user


def input_forms(user, specification: AlgorithmSpecification, data, paths: dict[str, str]) -> list[InputForm]:
    """One form per input of the algorithm; `paths` by input name fills them in."""
    return [
        InputForm(user, channel, data=data, initial={"path": paths.get(channel.name, "")})
        for channel in specification.inputs
    ]


def output_forms(
    user, specification: AlgorithmSpecification, data, paths: dict[str, str], predownload: list[str]
) -> list[OutputForm]:
    """One form per output of the algorithm; `paths` and `predownload` fill them in."""
    return [
        OutputForm(
            user,
            channel,
            data=data,
            initial={"path": paths.get(channel.name, ""), "predownload": channel.name in predownload},
        )
        for channel in specification.outputs
    ]
