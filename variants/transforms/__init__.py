"""The transforms, one module each. A new module with a `Transform` in it is found by itself."""

import importlib
import pkgutil

from variants.transform import Transform


def _discover() -> dict[str, Transform]:
    found: dict[str, Transform] = {}
    for module_name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{module_name}")
        for member in vars(module).values():
            is_own = isinstance(member, type) and member.__module__ == module.__name__
            if is_own and issubclass(member, Transform):
                found[member.name] = member()
    return found


#: Every transform by its name.
TRANSFORMS: dict[str, Transform] = _discover()
