"""What a browser would send from a form, read from the page's HTML."""

from html.parser import HTMLParser


class FormReader(HTMLParser):
    """Collects the controls of the form that has an attribute, in `fields`."""

    def __init__(self, marker: str) -> None:
        super().__init__()
        self.marker = marker
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._templates = 0
        self._select: dict | None = None
        self._option: dict | None = None
        self._area: str | None = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self._inside = self.marker in attrs
        self._templates += tag == "template"
        if not self._inside or self._templates:
            return
        if tag == "input":
            self._input(attrs)
        elif tag == "select":
            self._select = {"name": attrs["name"], "values": [], "first": None}
        elif tag == "option" and self._select:
            self._choose(attrs)
        elif tag == "textarea":
            self._area = attrs["name"]
            self.fields[self._area] = [""]

    def _input(self, attrs):
        kind, name = attrs.get("type", "text"), attrs.get("name")
        if not name or "disabled" in attrs or kind in ("submit", "button"):
            return
        if kind not in ("checkbox", "radio"):
            self.fields.setdefault(name, []).append(attrs.get("value", ""))
        elif "checked" in attrs:
            self.fields.setdefault(name, []).append(attrs.get("value", "on"))

    def _choose(self, attrs):
        value = attrs.get("value", "")
        if self._select["first"] is None:
            self._select["first"] = value
        if "selected" in attrs:
            self._select["values"].append(value)

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        self._templates -= tag == "template"
        if tag == "select" and self._select:
            values = self._select["values"] or [self._select["first"]]
            self.fields[self._select["name"]] = values
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data):
        if self._area:
            # As browsers do, without the line break after the tag.
            self.fields[self._area][0] += data.removeprefix("\n")


def read_form(html: str, marker: str) -> dict[str, list[str]]:
    """The form's controls that would be sent, by name."""
    reader = FormReader(marker)
    reader.feed(html)
    return reader.fields
