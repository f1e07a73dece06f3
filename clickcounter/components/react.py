"""Makes a Reflex component of a React component, from a short description of what it takes."""

from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter, Signature
from typing import Any

import reflex as rx

from clickcounter.components.publish import library

_Value = rx.Var[Any]
_Values = tuple[_Value, ...]


def react_component(
    file: str,
    tag: str,
    *,
    props: Iterable[str] = (),
    events: Mapping[str, Iterable[str]] | None = None,
    packages: Iterable[str] = (),
) -> type[rx.Component]:
    """The component that `file` exports as `tag`.

    It takes `props`; `events` are the names of its event triggers, each with the names of the arguments that the browser
    passes. It needs the npm `packages`.
    """
    # Reflex makes EventHandler generic, and Component's metaclass, at run time.
    triggers = {
        name: rx.EventHandler[_arguments(*arguments)]  # type: ignore[misc]
        for name, arguments in (events or {}).items()
    }
    body = {
        "__module__": __name__,
        "__annotations__": {**dict.fromkeys(props, _Value), **triggers, "lib_dependencies": list[str]},
        "library": library(file),
        "tag": tag,
        "lib_dependencies": list(packages),
    }
    return type(rx.Component)(tag, (rx.Component,), body)  # type: ignore[misc]


def _arguments(*names: str) -> Callable[..., _Values]:
    """A function of arguments with these names, which hands them on as they are. Reflex reads its signature."""

    def hand_on(*values: _Value) -> _Values:
        return values

    signature = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names])
    hand_on.__signature__ = signature  # type: ignore[attr-defined]  # Python's own way to say it, see inspect.signature
    hand_on.__annotations__ = dict.fromkeys(names, _Value)
    return hand_on
