"""What people note of a trial: checked tags and notes."""

from django import forms

from jobs.models import Trial, TrialTag

MOST_TAGS = 20


class NoteForm(forms.ModelForm):
    class Meta:
        model = Trial
        fields = ["note"]
        error_messages = {
            "note": {
                "max_length": "A note has at most %(limit_value)d characters; this one has %(show_value)d. Shorten it."
            }
        }


class TagForm(forms.Form):
    """A tag to be put on a trial."""

    tag = forms.CharField(
        max_length=TrialTag._meta.get_field("name").max_length,
        error_messages={
            "required": "Type a tag first.",
            "max_length": "A tag has at most %(limit_value)d characters; this one has %(show_value)d.",
        },
    )

    def __init__(self, data, *, trial: Trial) -> None:
        super().__init__(data)
        self.trial = trial

    def clean_tag(self) -> str:
        tag = " ".join(self.cleaned_data["tag"].split())
        if "," in tag:
            raise forms.ValidationError("A tag has no comma; add several one after the other.")
        if self.trial.tags.exclude(name=tag).count() >= MOST_TAGS:
            raise forms.ValidationError(f"A trial has at most {MOST_TAGS} tags; remove one first.")
        return tag

    def save(self) -> None:
        """Put the tag on the trial, if it is not there yet."""
        self.trial.tags.get_or_create(name=self.cleaned_data["tag"])
