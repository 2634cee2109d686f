"""Follows text through the source of `dashboard/` to the places that read it as markup, and tells what comes there bare.

A value is taken for harmless where it is written in the code, is a number or a day, or has passed the escaping function
of that place. Names, parameters, fields of records and results of functions are followed to where they come from; what
cannot be followed is data.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

#: What no text can hide in.
NUMBERS = {"int", "float", "bool", "date", "datetime", "Timestamp", "None", "bytes", "NoneType", "timedelta"}
#: Calls whose result is no text of the data, whatever goes in.
COUNTS = {
    "chr",
    "len",
    "int",
    "float",
    "round",
    "sum",
    "abs",
    "bool",
    "range",
    "isinstance",
    "any",
    "all",
    "ord",
    "id",
    "hash",
}
#: Attributes that hold words or addresses of the data.
WORDED = {"name", "descr", "title", "alt", "aria-label", "href", "src", "formatCode", "content", "action"}
#: Steps after which text counts as data.
DEEPEST = 60
#: Calls that hand on what goes in.
HANDS_ON = {
    "str", "list", "tuple", "set", "sorted", "dict", "zip", "enumerate", "min", "max", "reversed", "iter", "next",
    "partial", "cast", "frozenset", "replace", "repr", "chain", "filter", "getattr",
}  # fmt: skip


@dataclass(eq=False)
class Module:
    """One file: what it defines and what it calls by which name."""

    name: str
    path: Path
    tree: ast.Module
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    values: dict[str, ast.expr] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, root: Path) -> Module:
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        made = cls(name, path, ast.parse(path.read_text(encoding="utf-8")))
        for node in ast.walk(made.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for a in node.names:
                    made.names[a.asname or a.name] = (node.module, a.name)
            elif isinstance(node, ast.Import):
                for a in node.names:
                    made.names[a.asname or a.name.split(".")[0]] = (a.name, "")
            for child in ast.iter_child_nodes(node):
                child.above = node  # type: ignore[attr-defined]
        for one in made.tree.body:
            if isinstance(one, ast.FunctionDef):
                made.functions[one.name] = one
            elif isinstance(one, ast.ClassDef):
                made.classes[one.name] = one
                for inner in one.body:
                    if isinstance(inner, ast.FunctionDef):
                        made.functions[f"{one.name}.{inner.name}"] = inner
            elif isinstance(one, ast.Assign):
                for target in one.targets:
                    if isinstance(target, ast.Name):
                        made.values[target.id] = one.value
                    elif isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                        for name, value in zip(target.elts, one.value.elts, strict=True):
                            made.values[ast.unparse(name)] = value
            elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.value:
                made.values[one.target.id] = one.value
        return made


@dataclass(frozen=True)
class Finding:
    """Where text comes bare to a place that reads markup."""

    file: str
    line: int
    place: str
    value: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.place}: {self.value}"


def _read(root: Path, packages: tuple[str, ...]) -> list[Module]:
    return [Module.read(p, root) for one in packages for p in sorted((root / one).rglob("*.py"))]


#: The project's own modules, which no test changes: each kind of markup asks other questions of the same files.
_own = cache(_read)


class Source:
    """All modules of a folder, and what is harmless in them."""

    def __init__(
        self,
        root: Path = PROJECT,
        packages: tuple[str, ...] = ("dashboard", "etl"),
        trusted: frozenset[str] = frozenset(),
    ) -> None:
        found = (_own if root == PROJECT else _read)(root, packages)
        self.root, self.modules, self.trusted = root, {m.name: m for m in found}, trusted
        self.escapers: frozenset[str] = frozenset()
        self.asked: set[tuple[object, ...]] = set()
        self.known: dict[tuple[object, ...], bool] = {}
        self.assumed = False
        self.steps, self.leaf = 0, ""

    @cached_property
    def calls(self) -> dict[str, list[tuple[Module, ast.Call]]]:
        """Calls by the bare name of what is called."""
        found: dict[str, list[tuple[Module, ast.Call]]] = {}
        for m in self.modules.values():
            for node in ast.walk(m.tree):
                if isinstance(node, ast.Call):
                    names = [_bare(node.func)]
                    if names[0] == "partial" and node.args:
                        names = [_bare(node.args[0])]
                    for name in names:
                        found.setdefault(name, []).append((m, node))
        return found

    # --- What a name stands for ---

    def resolve(self, m: Module, node: ast.expr) -> tuple[Module, str] | None:
        """Module and name of what an expression names in the project."""
        if isinstance(node, ast.Name):
            if node.id in m.functions or node.id in m.classes or node.id in m.values:
                return m, node.id
            if node.id in m.names:
                return self._exported(*m.names[node.id])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in m.names:
            module, name = m.names[node.value.id]
            return self._exported(f"{module}.{name}" if name else module, node.attr)
        return None

    def _exported(self, module: str, name: str) -> tuple[Module, str] | None:
        for _ in range(5):
            found = self.modules.get(module)
            if found is None:
                return None
            if name in found.functions or name in found.classes or name in found.values:
                return found, name
            if name not in found.names:
                return None
            module, name = found.names[name]
        return None

    def qualified(self, m: Module, node: ast.expr) -> str:
        """Full name of what is called, as "html.escape"."""
        there = self.resolve(m, node)
        if there:
            return f"{there[0].name}.{there[1]}"
        if isinstance(node, ast.Name):
            return ".".join(m.names.get(node.id, (node.id, ""))).strip(".")
        if isinstance(node, ast.Attribute):
            return f"{self.qualified(m, node.value)}.{node.attr}"
        return ""

    def type_of(self, m: Module, node: ast.expr, depth: int = 0) -> tuple[Module, str] | str | None:
        """Record of the project, or name of a type, that an expression has."""
        if depth > 8:
            return None
        if isinstance(node, ast.Name):
            scope = _scope(node)
            while scope is not None:
                for a in _arguments(scope):
                    if a.arg == node.id:
                        return self.annotated(m, a.annotation)
                for target, value, kind in _bindings(scope):
                    if isinstance(target, ast.Name) and target.id == node.id:
                        if kind == "each":
                            return self._element(m, value, depth)
                        return self.type_of(m, value, depth + 1)
                scope = _scope(scope)
            if node.id in m.values:
                return self.type_of(m, m.values[node.id], depth + 1)
        if isinstance(node, ast.Call):
            there = self.resolve(m, node.func)
            if self.qualified(m, node.func) == "pandas.Timestamp":
                return "Timestamp"
            if there and there[1] in there[0].classes:
                return there
            if there and there[1] in there[0].functions:
                return self.annotated(there[0], there[0].functions[there[1]].returns)
            if isinstance(node.func, ast.Attribute):
                owner = self.type_of(m, node.func.value, depth + 1)
                if isinstance(owner, tuple):
                    method = owner[0].functions.get(f"{owner[1]}.{node.func.attr}")
                    return self.annotated(owner[0], method.returns) if method else None
        if isinstance(node, ast.Attribute):
            owner = self.type_of(m, node.value, depth + 1)
            if isinstance(owner, tuple):
                return self.annotated(owner[0], _field(owner[0].classes[owner[1]], node.attr))
            there = self.resolve(m, node)
            if there and there[1] in there[0].values:
                return self.type_of(there[0], there[0].values[there[1]], depth + 1)
        if isinstance(node, ast.Subscript):
            return self._element(m, node.value, depth)
        return None

    def _element(self, m: Module, node: ast.expr, depth: int) -> tuple[Module, str] | str | None:
        """Type of what a list, tuple or mapping of records holds, by its annotation."""
        if (
            isinstance(node, ast.Call)
            and _bare(node.func) in ("sorted", "list", "reversed", "tuple")
            and node.args
        ):
            return self._element(m, node.args[0], depth + 1)
        if (
            isinstance(node, ast.Call)
            and _bare(node.func) in ("values", "items")
            and isinstance(node.func, ast.Attribute)
        ):
            return self._element(m, node.func.value, depth + 1)
        annotation, at = self._annotation(m, node, depth + 1)
        if isinstance(annotation, ast.Subscript):
            inner = annotation.slice
            last = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            kept = [e for e in last if not isinstance(e, ast.Constant)]
            return self.annotated(at, kept[-1]) if kept else None
        return None

    def _annotation(self, m: Module, node: ast.expr, depth: int = 0) -> tuple[ast.expr | None, Module]:
        if depth > 8:
            return None, m
        if isinstance(node, ast.Name):
            scope = _scope(node)
            while scope is not None:
                for a in _arguments(scope):
                    if a.arg == node.id:
                        return a.annotation, m
                for target, value, kind in _bindings(scope):
                    if isinstance(target, ast.Name) and target.id == node.id and kind == "is":
                        return self._annotation(m, value, depth + 1)
                scope = _scope(scope)
        there = self.resolve(m, node)
        if there and there[1] in there[0].values:
            for one in there[0].tree.body:
                if (
                    isinstance(one, ast.AnnAssign)
                    and isinstance(one.target, ast.Name)
                    and one.target.id == there[1]
                ):
                    return one.annotation, there[0]
        if isinstance(node, ast.Call):
            called = self.resolve(m, node.func)
            if called and called[1] in called[0].functions:
                return called[0].functions[called[1]].returns, called[0]
        if isinstance(node, ast.Attribute):
            owner = self.type_of(m, node.value, depth + 1)
            if isinstance(owner, tuple):
                return _field(owner[0].classes[owner[1]], node.attr), owner[0]
        return None, m

    def annotated(self, m: Module, annotation: ast.expr | None) -> tuple[Module, str] | str | None:
        """What an annotation names; of a union with None its other side."""
        if annotation is None:
            return None
        if isinstance(annotation, ast.Constant):
            return "None" if annotation.value is None else None
        if isinstance(annotation, ast.BinOp):
            sides = [self.annotated(m, s) for s in (annotation.left, annotation.right)]
            kept = [s for s in sides if s != "None"]
            return (
                kept[0] if len(kept) == 1 else "None" if not kept else "int" if set(kept) <= NUMBERS else None
            )  # type: ignore[arg-type]
        there = self.resolve(m, annotation)
        if there and there[1] in there[0].classes:
            return there
        if there and there[1] in there[0].values:
            return self.annotated(there[0], there[0].values[there[1]])
        if isinstance(annotation, ast.Subscript):
            return "Literal" if _bare(annotation.value) == "Literal" else None
        return _bare(annotation)

    # --- What is harmless ---

    def safe(self, m: Module, node: ast.AST | None, bound: frozenset[str] = frozenset()) -> bool:
        """Whether an expression holds no bare data; `bound` are parameters known to hold none."""
        if node is None:
            return True
        key = (m.name, node, bound, self.escapers)
        if key in self.known:
            return self.known[key]
        if key in self.asked:
            self.assumed = True
            return True
        if len(self.asked) > DEEPEST:
            return False
        before, self.assumed = self.assumed, False
        self.asked.add(key)
        asked = self.steps = self.steps + 1
        found = self._safe(m, node, bound)
        if not found and (self.steps == asked or not self.leaf):
            self.leaf = (
                f"{m.path.relative_to(self.root)}:{getattr(node, 'lineno', 0)}: {ast.unparse(node)[:90]}"
            )
        self.asked.discard(key)
        # What rests on an answer that is still open is no answer of its own.
        if not found or not self.assumed or not self.asked:
            self.known[key] = found
        self.assumed = bool(self.asked) and (before or self.assumed)
        return found

    def _safe(self, m: Module, node: ast.AST, bound: frozenset[str]) -> bool:
        def all_safe(nodes: list[ast.expr] | list[ast.expr | None]) -> bool:
            return all(self.safe(m, n, bound) for n in nodes)

        match node:
            case ast.Constant() | ast.Compare() | ast.Lambda(body=ast.Constant()):
                return True
            case ast.Lambda(body=body):
                return self.safe(m, body, bound)
            case ast.JoinedStr(values=values):
                return all_safe([v for v, before in _holes(values) if not _is_measure(before)])
            case ast.FormattedValue(value=value, format_spec=spec):
                written = (
                    "".join(v.value for v in spec.values if isinstance(v, ast.Constant))
                    if isinstance(spec, ast.JoinedStr)
                    else ""
                )
                # A text refuses these forms.
                return bool(re.search(r"[,%]|[dfge]$|^[+]", str(written))) or self.safe(m, value, bound)
            case ast.BinOp(left=left, op=op, right=right):
                if isinstance(op, ast.Sub | ast.Div | ast.FloorDiv | ast.Pow):
                    return True
                return all_safe([left, right])
            case ast.BoolOp(values=values):
                return all_safe(list(values))
            case ast.IfExp(body=body, orelse=other):
                return all_safe([body, other])
            case ast.UnaryOp(operand=operand):
                return isinstance(node.op, ast.Not) or self.safe(m, operand, bound)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return all_safe(list(elements))
            case ast.Dict(keys=keys, values=values):
                return all_safe([*keys, *values])
            case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.safe(m, value, bound)
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return self.safe(m, element, bound)
            case ast.DictComp(key=key, value=value):
                return all_safe([key, value])
            case ast.Subscript(value=value, slice=index):
                if (
                    isinstance(index, ast.Constant)
                    and isinstance(index.value, str)
                    and isinstance(value, ast.Dict)
                ):
                    return all_safe(
                        [
                            v
                            for k, v in zip(value.keys, value.values, strict=True)
                            if isinstance(k, ast.Constant) and k.value == index.value
                        ]
                    )
                return self.safe(m, value, bound)
            case ast.Name():
                return self._name(m, node, bound)
            case ast.Attribute():
                return self._attribute(m, node, bound)
            case ast.Call():
                return self._call(m, node, bound)
        return False

    def _name(self, m: Module, node: ast.Name, bound: frozenset[str]) -> bool:
        scope: ast.AST | None = _scope(node)
        while scope is not None:
            values = [
                (v, kind)
                for t, v, kind in _bindings(scope)
                if any(isinstance(n, ast.Name) and n.id == node.id for n in ast.walk(t))
            ]
            parameter = next((a for a in _arguments(scope) if a.arg == node.id), None)
            if values or parameter is not None:
                held = all(self.safe(m, v, bound) for v, _ in values)
                return held and (parameter is None or self._parameter(m, scope, parameter, bound))
            scope = _scope(scope)
        there = self.resolve(m, node)
        if there is None:
            return False
        if f"{there[0].name}.{there[1]}" in self.escapers:
            return True
        if there[1] in there[0].values:
            return self.safe(there[0], there[0].values[there[1]])
        return there[1] in there[0].functions and self._returns(there[0], there[1], frozenset())

    def _parameter(self, m: Module, scope: ast.AST, one: ast.arg, bound: frozenset[str]) -> bool:
        if one.arg in bound:
            return True
        kind = self.annotated(m, one.annotation)
        if isinstance(kind, str) and kind in NUMBERS | {"Literal"}:
            return True
        if not isinstance(scope, ast.FunctionDef):
            return False
        # Every call of the function hands in what is harmless; a function that nobody calls by name is a callback.
        sites = [(w, c) for w, c in self.calls.get(scope.name, []) if self._is_call_of(w, c, m, scope)]
        if not sites:
            return False
        names = [a.arg for a in _arguments(scope)]
        inside_class = bool(names) and names[0] in ("self", "cls")
        at = names.index(one.arg) - inside_class
        default = _default(scope, one.arg)
        for where, call in sites:
            skipped = 1 if _bare(call.func) == "partial" else 0
            given = next((k.value for k in call.keywords if k.arg == one.arg), None)
            if given is None and 0 <= at + skipped < len(call.args):
                given = call.args[at + skipped]
            if scope.args.vararg is one:
                rest = call.args[at + skipped :]
                if not all(self.safe(where, r) for r in rest):
                    return False
                continue
            if given is None:
                given = default
            if given is None and skipped:
                return False
            if given is not None and not self.safe(where if given is not default else m, given):
                return False
        return True

    def _is_call_of(self, where: Module, call: ast.Call, m: Module, function: ast.FunctionDef) -> bool:
        called = call.args[0] if _bare(call.func) == "partial" else call.func
        there = self.resolve(where, called)
        if there is not None:
            return there[0].functions.get(there[1]) is function
        return isinstance(called, ast.Attribute) or where is m

    def _attribute(self, m: Module, node: ast.Attribute, bound: frozenset[str]) -> bool:
        there = self.resolve(m, node)
        if there and there[1] in there[0].values:
            return self.safe(there[0], there[0].values[there[1]])
        if there and there[1] in there[0].functions:
            return f"{there[0].name}.{there[1]}" in self.escapers or self._returns(
                there[0], there[1], frozenset()
            )
        owner = self.type_of(m, node.value)
        if isinstance(owner, tuple):
            return self._field(owner[0], owner[1], node.attr)
        if isinstance(owner, str) and owner in NUMBERS:
            return True
        return self.safe(m, node.value, bound)

    def _field(self, m: Module, record: str, name: str) -> bool:
        """Whether a record's field never holds bare data: by its type, or since all that is put there is harmless."""
        if f"{record}.{name}" in self.trusted:
            return True
        method = m.functions.get(f"{record}.{name}")
        if method is not None:
            return self._returns(m, f"{record}.{name}", frozenset())
        annotation = _field(m.classes[record], name)
        if annotation is None:
            return any(
                (base := self.resolve(m, b)) is not None
                and base[1] in base[0].classes
                and self._field(*base, name)
                for b in m.classes[record].bases
            )
        kind = self.annotated(m, annotation)
        if isinstance(kind, str) and kind in NUMBERS | {"Literal"}:
            return True
        at = [
            f.target.id
            for f in m.classes[record].body
            if isinstance(f, ast.AnnAssign) and isinstance(f.target, ast.Name)
        ].index(name)
        made = [(w, c) for w, c in self.calls.get(record, []) if self.resolve(w, c.func) == (m, record)]
        changed = [(w, c) for w, c in self.calls.get("replace", []) if any(k.arg == name for k in c.keywords)]
        for where, call in [*made, *changed]:
            if any(k.arg is None for k in call.keywords):
                return False
            given = next((k.value for k in call.keywords if k.arg == name), None)
            is_replace = _bare(call.func) == "replace"
            if given is None and not is_replace and at < len(call.args):
                given = call.args[at]
                if any(isinstance(a, ast.Starred) for a in call.args[: at + 1]):
                    return False
            if (
                given is not None
                and is_replace
                and self.type_of(where, call.args[0]) not in ((m, record), None)
            ):
                continue
            if given is not None and not self.safe(where, given):
                return False
        return bool(made)

    def _call(self, m: Module, node: ast.Call, bound: frozenset[str]) -> bool:
        name, bare = self.qualified(m, node.func), _bare(node.func)
        inside = [*node.args, *(k.value for k in node.keywords)]
        if name in self.escapers or bare in COUNTS:
            return True
        there = self.resolve(m, node.func)
        if there and there[1] in there[0].functions:
            return self._called(m, node, there, bound)
        if there and there[1] in there[0].classes:
            return all(self.safe(m, a, bound) for a in inside)
        if bare in HANDS_ON or bare == "map":
            return all(self.safe(m, a, bound) for a in (node.args[:1] if bare == "map" else inside))
        if isinstance(node.func, ast.Attribute):
            owner = self.type_of(m, node.func.value)
            if isinstance(owner, tuple) and f"{owner[1]}.{node.func.attr}" in owner[0].functions:
                return self._called(m, node, (owner[0], f"{owner[1]}.{node.func.attr}"), bound)
            if isinstance(owner, str) and owner in NUMBERS:
                return True
            if node.func.attr == "get" and node.args and self.safe(m, node.func.value, bound):
                return all(self.safe(m, a, bound) for a in inside[1:])
            # Methods of texts and mappings give parts of what they have and of what they are handed.
            return all(self.safe(m, a, bound) for a in [node.func.value, *inside])
        if isinstance(node.func, ast.Name):
            # A function of the same scope, or one that was handed in.
            scope: ast.AST | None = _scope(node)
            while scope is not None:
                for inner in ast.walk(scope):
                    if (
                        isinstance(inner, ast.FunctionDef)
                        and inner.name == node.func.id
                        and inner is not scope
                    ):
                        return all(self.safe(m, r.value, bound) for r in _returns(inner))
                scope = _scope(scope)
            return self.safe(m, node.func, bound)
        return False

    def _called(self, m: Module, node: ast.Call, there: tuple[Module, str], bound: frozenset[str]) -> bool:
        function = there[0].functions[there[1]]
        names = [a.arg for a in _arguments(function)]
        if "." in there[1] and names and names[0] in ("self", "cls"):
            names = names[1:]
        held = {n for n, a in zip(names, node.args, strict=False) if self.safe(m, a, bound)}
        held |= {k.arg for k in node.keywords if k.arg and self.safe(m, k.value, bound)}
        given = {*names[: len(node.args)], *(k.arg for k in node.keywords)}
        held |= {n for n in names if n not in given}
        return self._returns(there[0], there[1], frozenset(held))

    def _returns(self, m: Module, name: str, held: frozenset[str]) -> bool:
        function = m.functions[name]
        kind = self.annotated(m, function.returns)
        if isinstance(kind, str) and kind in NUMBERS | {"Literal"}:
            return True
        found = _returns(function)
        return bool(found) and all(self.safe(m, r.value, held) for r in found)


def _holes(values: list[ast.expr]) -> Iterator[tuple[ast.expr, str]]:
    """Values put into a text, each with what is written before it."""
    before = ""
    for v in values:
        if isinstance(v, ast.Constant):
            before += str(v.value)
        else:
            yield v, before
            before += "\0"


def _is_measure(before: str) -> bool:
    """Whether a value stands in an attribute that holds a measure, a colour or a number, and no words."""
    inside = re.search(r"<[^<>]*?\s([\w:-]+)=(\"[^\"<>]*|'[^'<>]*)$", before)
    return bool(inside) and inside[1] not in WORDED  # type: ignore[index]


def _bare(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _scope(node: ast.AST) -> ast.AST | None:
    above = getattr(node, "above", None)
    while above is not None and not isinstance(
        above,
        ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.Lambda
        | ast.ListComp
        | ast.SetComp
        | ast.DictComp
        | ast.GeneratorExp,
    ):
        above = getattr(above, "above", None)
    return above


def _arguments(scope: ast.AST) -> list[ast.arg]:
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return []
    a = scope.args
    return [
        *a.posonlyargs,
        *a.args,
        *([a.vararg] if a.vararg else []),
        *a.kwonlyargs,
        *([a.kwarg] if a.kwarg else []),
    ]


def _default(scope: ast.FunctionDef, name: str) -> ast.expr | None:
    a = scope.args
    plain = [*a.posonlyargs, *a.args]
    for arg, value in zip(plain[len(plain) - len(a.defaults) :], a.defaults, strict=True):
        if arg.arg == name:
            return value
    return next(
        (v for arg, v in zip(a.kwonlyargs, a.kw_defaults, strict=True) if arg.arg == name and v), None
    )


def _returns(function: ast.FunctionDef) -> list[ast.Return | ast.Yield]:
    return [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.Return | ast.Yield) and n.value is not None and _function_of(n) is function
    ]


def _function_of(node: ast.AST) -> ast.AST | None:
    above = getattr(node, "above", None)
    while above is not None and not isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        above = getattr(above, "above", None)
    return above


def _bindings(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """Target, value and whether the target is the value or each of its parts; of this scope alone."""
    if isinstance(scope, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        for g in scope.generators:
            yield from _each(g.target, g.iter)
        return
    if isinstance(scope, ast.Lambda):
        return
    stack: list[ast.AST] = list(getattr(scope, "body", []))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        match node:
            case ast.Assign(targets=targets, value=value):
                for t in targets:
                    if (
                        isinstance(t, ast.Tuple)
                        and isinstance(value, ast.Tuple)
                        and len(t.elts) == len(value.elts)
                    ):
                        yield from ((a, b, "is") for a, b in zip(t.elts, value.elts, strict=True))
                    else:
                        yield t.value if isinstance(t, ast.Subscript) else t, value, "is"
            case ast.AnnAssign(target=target, value=value) if value is not None:
                yield target, value, "is"
            case ast.AugAssign(target=target, value=value):
                yield target, value, "is"
            case ast.NamedExpr(target=target, value=value):
                yield target, value, "is"
            case ast.For(target=target, iter=value):
                yield from _each(target, value)
            case ast.With(items=items):
                for i in items:
                    if i.optional_vars is not None:
                        yield i.optional_vars, i.context_expr, "is"
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name() as owner, attr=did), args=[*_, last])
            ) if did in ("append", "extend", "insert", "add"):
                yield owner, last, "is"
        stack += [
            c
            for c in ast.iter_child_nodes(node)
            if not isinstance(c, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp | ast.Lambda)
        ]


def _each(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """What a loop binds; the count of `enumerate` is a number, and `zip` binds each of its own."""
    parts = target.elts if isinstance(target, ast.Tuple) else []
    if isinstance(value, ast.Call) and _bare(value.func) == "enumerate" and len(parts) == 2:
        yield parts[0], ast.Constant(0), "is"
        yield from _each(parts[1], value.args[0])
    elif isinstance(value, ast.Call) and _bare(value.func) == "zip" and len(parts) == len(value.args):
        for part, of in zip(parts, value.args, strict=True):
            yield from _each(part, of)
    else:
        yield target, value, "each"


def _field(record: ast.ClassDef, name: str) -> ast.expr | None:
    for one in record.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name) and one.target.id == name:
            return one.annotation
        if isinstance(one, ast.FunctionDef) and one.name == name:
            return one.returns
    return None
