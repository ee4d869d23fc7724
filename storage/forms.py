"""The form field for an object's address."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse_lazy

from storage import objects
from storage.uri import SCHEME, StorageError, check_path, parse_uri


class ObjectWidget(forms.TextInput):
    """A text input with a Select button that opens the dialog of static/js/picker.js.

    The input's data-* attributes tell the dialog what may be chosen; see ObjectField.
    """

    class Media:
        js = ["js/upload.js", "js/picker.js"]
        css = {"all": ["css/storage.css"]}

    def render(self, name, value, attrs=None, renderer=None):
        context = {"input": super().render(name, value, attrs, renderer), "what": self.attrs.get("data-what")}
        return render_to_string("storage/_object_widget.html", context)


class ObjectField(forms.CharField):
    """An obs:// address, typed or chosen.

    `kind`: "folder" (the value ends in a slash) or "file". `suffix`: what a file's name must end in, one or several.
    `base_input`: selector of the input whose folder limits the dialog; with `relative`, the value is the path
    below that folder (see `relative_path`). `what` completes the button's name, "Select …", for screen
    readers. Set `user` on the form's field to have the object looked up; with `must_exist` off only the
    address is checked.
    """

    widget = ObjectWidget

    def __init__(
        self, *, kind="folder", suffix="", base_input="", relative=False, what="", must_exist=True, **kwargs
    ):
        self.kind, self.suffix, self.base_input, self.relative = kind, suffix, base_input, relative
        self.what, self.must_exist = what or kind, must_exist
        self.user = None
        kwargs.setdefault("max_length", 1024)
        super().__init__(**kwargs)

    def widget_attrs(self, widget) -> dict:
        attrs = super().widget_attrs(widget) | {
            "data-picker": reverse_lazy("storage:picker"),
            "data-kind": self.kind,
            "data-what": self.what,
            "autocomplete": "off",
            "spellcheck": "false",
        }
        if self.kind == "folder" or not self.relative:
            attrs["placeholder"] = f"{SCHEME}bucket/folder/{'' if self.kind == 'folder' else 'file'}"
        if self.suffix:
            attrs["data-suffix"] = self.suffix
        if self.base_input:
            attrs["data-base-input"] = self.base_input
        if self.relative:
            attrs["data-relative"] = ""
        return attrs

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return value
        try:
            return self._checked(value)
        except StorageError as problem:
            raise ValidationError(str(problem), code="object") from problem

    def _checked(self, value: str) -> str:
        if self.suffix and not value.endswith(tuple(self.suffix.split())):
            words = " or ".join(self.suffix.split())
            raise StorageError(f"{value} does not end in {words}.", f"Choose a {words} file.")
        if self.relative and not value.startswith(SCHEME):
            check_path(value)
            return value
        place = parse_uri(value)
        if self.kind == "folder":
            place = place.folder
        elif place.is_folder:
            raise StorageError(f"{place} is a folder.", "Choose a file in it.")
        if self.must_exist and self.user is not None:
            self._look_up(place)
        return place.uri

    def _look_up(self, place) -> None:
        found = objects.stat(self.user, place)
        if found.is_folder != (self.kind == "folder"):
            is_what = "folder" if found.is_folder else "file"
            raise StorageError(f"{place.uri.rstrip('/')} is a {is_what}.", f"Choose a {self.kind}.")


def relative_path(value: str, base: str) -> str:
    """A file's path below a folder, given as such or as an address; ValidationError if it is elsewhere."""
    if not value.startswith(SCHEME):
        return value
    try:
        relative = parse_uri(value).within(parse_uri(base).folder)
    except StorageError as problem:
        raise ValidationError(str(problem)) from problem
    if not relative:
        raise ValidationError(f"{value} is not inside {base}. Choose a file inside it.")
    return relative
