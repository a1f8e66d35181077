"""Says of Python sources what package python says of them, by CPython's ast.

Reads one JSON object a line, {"path": PATH} or {"text": TEXT}, and answers with
one a line.
"""

import ast
import json
import sys
import warnings

DEFERRED, CAUGHT, TYPE_ONLY, CONDITIONAL = 1, 2, 4, 8
CATCHING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))


class Reader:
    def __init__(self):
        self.bindings = []
        self.imports = []
        self.scope = "module"
        self.guard = 0

    def bind(self, name, kind, line, function=None, anywhere=False):
        if self.scope == "module" or anywhere:
            self.bindings.append({"name": name, "kind": kind, "line": line, "guard": self.guard, "function": function})

    def each(self, nodes, guard=0):
        before = self.guard
        self.guard |= guard
        for node in nodes:
            self.visit(node)
        self.guard = before

    def local(self, nodes, scope):
        before, self.scope = self.scope, scope
        self.each(nodes, DEFERRED if scope == "function" else 0)
        self.scope = before

    def visit(self, node):
        if isinstance(node, list):
            self.each(node)
            return
        if not isinstance(node, ast.AST):
            return
        getattr(self, "visit_" + type(node).__name__, self.children)(node)

    def children(self, node):
        for _, value in ast.iter_fields(node):
            self.visit(value)

    def target(self, node, kind):
        if isinstance(node, ast.Name):
            self.bind(node.id, kind, node.lineno)
        elif isinstance(node, (ast.Tuple, ast.List)):
            for item in node.elts:
                self.target(item, kind)
        elif isinstance(node, ast.Starred):
            self.target(node.value, kind)
        else:
            self.visit(node)

    def visit_FunctionDef(self, node):
        self.each(node.decorator_list)
        self.visit(node.args)
        self.visit(node.returns)
        self.bind(node.name, "def", node.lineno, {
            "async": isinstance(node, ast.AsyncFunctionDef),
            "decorated": bool(node.decorator_list),
            "parameters": parameters(node.args),
        })
        self.local(node.body, "function")

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        self.visit(node.args)
        self.local([node.body], "function")

    def visit_ClassDef(self, node):
        self.each(node.decorator_list)
        self.each(node.bases)
        self.each(node.keywords)
        self.local(node.body, "class")
        self.bind(node.name, "class", node.lineno)

    def visit_TypeAlias(self, node):
        self.local([node.value], "function")
        self.bind(node.name.id, "assign", node.name.lineno)

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            self.target(target, "assign")

    def visit_AugAssign(self, node):
        self.visit(node.value)
        self.target(node.target, "augment")

    def visit_AnnAssign(self, node):
        self.visit(node.annotation)
        self.visit(node.value)
        self.target(node.target, "declare" if node.value is None else "assign")

    def visit_NamedExpr(self, node):
        self.visit(node.value)
        self.target(node.target, "assign")

    def visit_Delete(self, node):
        for target in node.targets:
            self.target(target, "delete")

    def visit_comprehension(self, node):
        self.visit(node.iter)
        self.each(node.ifs)

    def visit_For(self, node):
        self.visit(node.iter)
        self.target(node.target, "assign")
        self.each(node.body, CONDITIONAL)
        self.each(node.orelse)

    visit_AsyncFor = visit_For

    def visit_While(self, node):
        self.visit(node.test)
        self.each(node.body, CONDITIONAL)
        self.each(node.orelse)

    def visit_If(self, node, again=False):
        self.visit(node.test)
        guard = TYPE_ONLY if name(node.test) == "TYPE_CHECKING" else CONDITIONAL
        self.each(node.body, guard)
        after = 0 if guard == TYPE_ONLY else CONDITIONAL
        self.each(node.orelse, after)

    def visit_With(self, node):
        guard = 0
        for item in node.items:
            self.visit(item.context_expr)
            if isinstance(item.context_expr, ast.Call) and name(item.context_expr.func) == "suppress":
                guard = CAUGHT
            if item.optional_vars is not None:
                self.target(item.optional_vars, "assign")
        self.each(node.body, guard)

    visit_AsyncWith = visit_With

    def visit_Try(self, node):
        before = len(self.imports)
        self.each(node.body)
        if any(catches(handler.type) for handler in node.handlers):
            for each in self.imports[before:]:
                each["guard"] |= CAUGHT
        for handler in node.handlers:
            self.visit(handler.type)
            if handler.name:
                self.bind(handler.name, "except", 0)
            self.each(handler.body, CONDITIONAL)
        self.each(node.orelse)
        self.each(node.finalbody)

    visit_TryStar = visit_Try

    def visit_match_case(self, node):
        self.visit(node.pattern)
        self.visit(node.guard)
        self.each(node.body, CONDITIONAL)

    def visit_MatchAs(self, node):
        self.visit(node.pattern)
        if node.name:
            self.bind(node.name, "assign", 0)

    def visit_MatchStar(self, node):
        if node.name:
            self.bind(node.name, "assign", 0)

    def visit_MatchMapping(self, node):
        self.each(node.keys)
        self.each(node.patterns)
        if node.rest:
            self.bind(node.rest, "assign", 0)

    def visit_Global(self, node):
        for each in node.names:
            self.bind(each, "global", node.lineno, anywhere=True)

    def visit_Import(self, node):
        for each in node.names:
            self.imports.append({"level": 0, "module": each.name, "from": False, "names": None, "line": node.lineno, "guard": self.guard})
            self.bind(each.asname or each.name.split(".")[0], "module", 0)

    def visit_ImportFrom(self, node):
        self.imports.append({"level": node.level, "module": node.module or "", "from": True,
                             "names": [each.name for each in node.names], "line": node.lineno, "guard": self.guard})
        for each in node.names:
            if each.name != "*":
                self.bind(each.asname or each.name, "import", 0)


def name(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return None


def catches(node):
    if node is None:
        return True
    if isinstance(node, (ast.Tuple, ast.List)):
        return any(catches(item) for item in node.elts)
    if isinstance(node, ast.Call):
        return name(node.func) in CATCHING
    return name(node) in CATCHING


def parameters(args):
    found = []

    def add(arg, kind, default):
        found.append({"name": arg.arg, "kind": kind, "default": default})

    positional = args.posonlyargs + args.args
    required = len(positional) - len(args.defaults)
    for i, arg in enumerate(positional):
        add(arg, "positional-only" if i < len(args.posonlyargs) else "positional", i >= required)
    if args.vararg:
        add(args.vararg, "rest", False)
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        add(arg, "keyword-only", default is not None)
    if args.kwarg:
        add(args.kwarg, "keyword-rest", False)
    return found


def read(request):
    if "path" in request:
        with open(request["path"], "rb") as file:
            data = file.read()
    else:
        data = request["text"].encode("utf-8", "surrogatepass")
    try:
        tree = compile(data, "source", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except SyntaxError as error:
        return {"ok": False, "line": error.lineno or 0, "message": error.msg}
    except (ValueError, LookupError, RecursionError, MemoryError) as error:
        return {"ok": False, "line": 0, "message": str(error)}
    reader = Reader()
    reader.visit(tree)
    return {"ok": True, "line": 0, "message": "", "bindings": reader.bindings, "imports": reader.imports}


sys.setrecursionlimit(20000)
warnings.simplefilter("ignore")
for line in sys.stdin:
    print(json.dumps(read(json.loads(line))), flush=True)
