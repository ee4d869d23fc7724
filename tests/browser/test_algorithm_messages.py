"""Every message of Create algorithm appears beside its field while the form is being filled in."""

import pytest

from algorithms.models import Engine
from storage.models import Bucket
from tests.algorithms.conftest import form_data
from tests.algorithms.test_validation import CASES, SEARCH_CASES

FILL = """(data) => {
    const form = document.getElementById("algorithm-form");
    const isTyped = (field) => field.name && field.name !== "framework"
        && (field.type !== "hidden" || /-(restraint|lower|upper|choices)$/.test(field.name));
    const fields = [...form.elements].filter(isTyped);
    for (const field of fields) {
        const ticks = ["checkbox", "radio"].includes(field.type);
        const before = ticks ? field.checked : field.value;
        const empty = field.tagName === "SELECT" ? field.options[0]?.value ?? "" : "";
        if (ticks) field.checked = Boolean(data[field.name]);
        else field.value = data[field.name] ?? empty;
        if ((ticks ? field.checked : field.value) === before) continue;
        for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    form.dataset.submitted = "";
    form.dispatchEvent(new Event("input"));
    return fields.every((field) => field.tagName !== "SELECT" || (data[field.name] ?? field.value) === field.value);
}"""
TOLD = """([anchor, message]) => {
    if ("checking" in document.getElementById("algorithm-form").dataset) return false;
    const field = document.getElementById(anchor);
    const told = (field.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id));
    return told.some((one) => one?.matches(".field-error") && one.textContent.includes(message));
}"""


@pytest.fixture
def folder(stack, user):
    bucket = Bucket.objects.create(name="code", owner=user)
    path = stack.data_dir / "buckets" / bucket.name / "digits" / "train.py"
    path.parent.mkdir(parents=True)
    path.write_text("print('accuracy=1')\n")
    return f"obs://{bucket.name}/digits/"


def sent(data: dict[str, str]) -> dict[str, str]:
    """Without the rows that lie beyond a table's count."""
    return {name: value for name, value in data.items() if is_counted(name.split("-"), data)}


def is_counted(name: list[str], data: dict[str, str]) -> bool:
    return len(name) != 3 or not name[1].isdecimal() or int(name[1]) < int(data[f"{name[0]}-TOTAL_FORMS"])


def test_every_message_stands_beside_its_field_while_typing(page, folder):
    page.goto("/algorithms/create/")
    for section in ("inputs", "outputs"):
        for _ in range(2):
            page.locator(f"#section-{section} [data-rows-add]").click()
    page.get_by_label("autoSearch(S)").check()
    for table, count in (("hyperparameters", 2), ("indicators", 1), ("ranges", 1)):
        for _ in range(count):
            page.locator(f"[data-rows={table}] [data-rows-add]").click()
    engine = Engine.objects.offered().first()
    shown = 0
    for cases, search in ((CASES, False), (SEARCH_CASES, True)):
        for changes, anchor, message in cases:
            data = sent(form_data(engine, folder, changes, search=search))
            if not page.evaluate(FILL, data):
                continue  # a value no list of the page offers
            page.wait_for_function(TOLD, arg=[anchor, message], polling=50)
            shown += 1
    assert shown > 0.9 * len(CASES + SEARCH_CASES)
