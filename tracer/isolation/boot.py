"""How a zygote loads the harness: with builtins of its own, so that no program can change them under it."""

IN_REACH = frozenset({"tracer.isolation.output", "tracer.isolation.reach", "tracer.isolation.sources"})
"""Modules with functions that programs can get hold of: they have the builtins of everybody."""

# The package without its public face: each module that a zygote imports makes each of its forks slower.
TEXT = f"""
import builtins, sys, types
from importlib.machinery import PathFinder, SourceFileLoader

OWN = dict(vars(builtins))

class Loader(SourceFileLoader):
    def exec_module(self, module):
        if module.__name__ not in {sorted(IN_REACH)!r}:
            module.__builtins__ = OWN
        super().exec_module(module)

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith("tracer."):
            spec = PathFinder.find_spec(name, path)
            if spec is not None:
                spec.loader = Loader(name, spec.origin)
            return spec

package = sys.modules["tracer"] = types.ModuleType("tracer")
package.__path__ = [{{folder!r}}]
sys.meta_path.insert(0, Finder)
from tracer.isolation.zygote import main
main()
"""
