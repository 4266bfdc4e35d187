"""Import every module of some packages in a fresh interpreter, and say which import changed what another module holds.

`python -m tests.rules.imports portal`: one line for each dict, list or set at the top of a module that changed after
that module was done. What a library keeps for itself (SQLAlchemy's mappings, Flask's blueprints) is not looked at.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

State = dict[str, list[object]]

packages = tuple(sys.argv[1:])
done: dict[str, State] = {}
execute = SourceFileLoader.exec_module


def state_of(module: ModuleType) -> State:
    """Return what each container at the top of a module holds: by key and identity."""
    return {
        name: [*value.keys(), *map(id, value.values())] if isinstance(value, dict) else sorted(map(id, value))
        for name, value in vars(module).items()
        if isinstance(value, dict | list | set) and not name.startswith("__")
    }


def execute_and_look(loader: SourceFileLoader, module: ModuleType) -> None:
    """Run a module, then see whether those that were done before are as they were."""
    execute(loader, module)
    if module.__name__.partition(".")[0] not in packages:
        return
    for name, before in done.items():
        after = state_of(sys.modules[name])
        for held in before:
            if before[held] != after.get(held):
                print(f"{module.__name__} changes {name}.{held}")
        done[name] = after
    done[module.__name__] = state_of(module)


if __name__ == "__main__":
    SourceFileLoader.exec_module = execute_and_look  # type: ignore[method-assign]
    for package in packages:
        found = importlib.import_module(package)
        for each in pkgutil.walk_packages(getattr(found, "__path__", ()), f"{package}."):
            if not each.name.endswith(".__main__"):
                importlib.import_module(each.name)
    print(len(done))
