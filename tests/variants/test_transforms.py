from pathlib import Path

import pytest

from variants import TRANSFORMS, Program
from variants.transforms import __path__ as folders

MODULES = sorted(path.stem for path in Path(folders[0]).glob("*.py") if path.stem != "__init__")


def test_every_module_is_one_transform_of_its_name():
    assert sorted(TRANSFORMS) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_has_a_twin_test_file(name):
    assert (Path(__file__).parent / "transforms" / f"test_{name}.py").is_file()


@pytest.mark.parametrize("name", MODULES)
def test_declares_what_it_does(name):
    transform = TRANSFORMS[name]
    assert transform.description
    assert transform.preconditions
    assert transform.changes
    assert transform.changes <= {"vocabulary", "structure", "steps"}


@pytest.mark.parametrize("name", MODULES)
def test_has_no_sites_in_an_empty_program(name):
    assert TRANSFORMS[name].sites(Program("")) == []
