"""The plotly.min.js that pages load holds what the charts use, and not much else."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from console.assets import PLOTLY_DIR, PLOTLY_FILE
from console.plotly_bundle import lean

BUNDLE = (
    "head;"
    'var core=W((e,t)=>{helper();t.exports={register(){}}});'
    "function late(){}var esm=M(()=>{late()});"
    "var helper=W(x=>{esm()});"
    "var plots=W((e,t)=>{unused;t.exports=1});"
    'var bars=W((e,t)=>{t.exports={moduleType:"trace",name:"bar"}});'
    "var bar=W((e,t)=>{t.exports=bars()});"
    'var contour=W((e,t)=>{core();t.exports={moduleType:"trace",name:"contour"}});'
    "var sphere=W((e,t)=>{t.exports=2});"
    'var globe=W((e,t)=>{sphere();t.exports={moduleType:"trace",name:"globe"}});'
    "var main=W((e,t)=>{var c=core();c.register([bar(),globe(),contour()]);t.exports=c});return main();})();"
    "licences"
)  # fmt: skip


def test_modules_that_nothing_needs_are_taken_out():
    text = lean(BUNDLE)
    assert "register([bar(),contour()])" in text
    assert all(f"var {name}=" in text for name in ("core", "helper", "bars", "bar", "contour", "esm", "main"))
    assert not any(f"var {name}=" in text for name in ("globe", "sphere", "plots"))
    assert text.startswith("head;")
    assert text.endswith("return main();})();licences")


def test_the_file_and_its_modules_are_compiled_while_they_are_loaded():
    text = lean(f"(function(root, factory) {{ factory(); }} (this, () => {{{BUNDLE}\n}}));\n")
    assert "(this, (() => {head;" in text
    assert text.endswith("licences\n})));\n")
    assert "var bar=W(((e,t)=>{t.exports=bars()}));" in text
    assert (
        "var core=W((e,t)=>{helper();t.exports={register(){}}});" in text
    )  # what follows it is no module of this form


def test_the_sheet_of_styles_for_maps_is_taken_out(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    assert ".maplibregl-" in (PLOTLY_DIR / PLOTLY_FILE).read_text()
    assert ".maplibregl-" not in Path(finders.find(PLOTLY_FILE)).read_text()


@pytest.mark.parametrize("text", ["", "var a = 1;", BUNDLE.replace('"contour"', '"other"'), BUNDLE[:-40]])
def test_a_bundle_built_otherwise_is_left_as_it_is(text):
    assert lean(text) == text


def test_the_file_that_pages_load_is_a_third_of_the_packages_one(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    whole, own = PLOTLY_DIR / PLOTLY_FILE, Path(finders.find(PLOTLY_FILE))
    assert own.stat().st_size < whole.stat().st_size / 3
    assert own.read_text()[:200] == whole.read_text()[:200]  # version, copyright and licence
