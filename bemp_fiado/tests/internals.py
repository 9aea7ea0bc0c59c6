import ast
import inspect
import re
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "odoo_internals.md"
OURS = "odoo.addons.bemp_fiado"

# What Odoo's own documentation gives to addons.
DOCUMENTED = {
    *("_", "_auto", "_depends", "_description", "_fields", "_inherit", "_name"),
    *("_order", "_origin", "_rec_name", "_read_group", "_table", "_table_query"),
    *("_check_company_auto", "_compute_display_name", "_transient"),
}
DOCUMENTED_CONTEXT = {
    *("active_test", "allowed_company_ids", "lang"),
    *("mail_create_nolog", "mail_create_nosubscribe", "tracking_disable"),
}


class OdooInternals:
    """What an addon of ours uses of Odoo that Odoo promises nobody is written down in
    one place, and noticed when Odoo changes it. On the page, another addon's files have
    its name before them.

    ``addon`` is its folder; ``methods`` says where Odoo defines each, and with which
    parameters.
    """

    addon: Path
    methods: dict

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sources = cls._read_sources(cls.addon)
        cls.trees = {name: ast.parse(text) for name, text in cls.sources.items()}

    @staticmethod
    def _read_sources(addon):
        return {
            path.relative_to(addon).as_posix(): path.read_text()
            for path in sorted(addon.rglob("*.py"))
            if path.name != "__manifest__.py"
            and not {"tests", "migrations"} & set(path.relative_to(addon).parts)
        }

    def is_ours(self, definition):
        return definition.__module__.startswith(f"odoo.addons.{self.addon.name}.")

    # The page -----------------------------------------------------------------

    def test_the_page_lists_what_the_code_uses(self):
        used = self._find_methods() | self._find_contexts() | self._find_imports()
        listed = {name: where for name, where, _why, _notices in self._read_page()}
        self.assertEqual(listed, used)

    def test_what_the_page_says_to_notice_is_there(self):
        tests = {
            name
            for path in (self.addon / "tests").glob("test_*.py")
            for name in [path.stem, *re.findall(r"def (test_\w+)", path.read_text())]
        }
        for name, _where, why, notices in self._read_page():
            with self.subTest(name=name):
                self.assertTrue(why)
                found = set(re.findall(r"`(test_\w+)`", notices))
                self.assertTrue(found)
                self.assertEqual(found - tests, set())

    def _read_page(self):
        for line in PAGE.read_text().splitlines():
            if line.startswith("| `"):
                name, where, *rest = (cell.strip() for cell in line.split("|")[1:-1])
                files = self._get_own_files(re.findall(r"`(\S+)`", where))
                if files:
                    yield name.strip("`"), files, *rest

    def _get_own_files(self, names):
        others = {path.parent.name for path in REPOSITORY.glob("*/__manifest__.py")}
        own = f"{self.addon.name}/"
        return frozenset(
            name.removeprefix(own)
            for name in names
            if name.startswith(own)
            or (own == "bemp_fiado/" and name.partition("/")[0] not in others)
        )

    def _find_methods(self):
        """The names with an underscore in which file, those that the addon gives to
        what is its own left out."""
        own, used = self._find_own(), {}
        for file_name, tree in self.trees.items():
            for node in ast.walk(tree):
                match node:
                    case ast.Attribute(attr=name) if name.startswith("_"):
                        used.setdefault(name, set()).add(file_name)
        overridden = self._find_overridden()
        return {
            name: frozenset(used.get(name, set()) | overridden.get(name, set()))
            for name in used.keys() - own | overridden.keys()
            if name not in DOCUMENTED and not name.startswith("__")
        }

    def _find_own(self):
        """The names that this addon and the main one give."""
        trees = [*self.trees.values()]
        main = REPOSITORY / "bemp_fiado"
        if self.addon != main:
            trees += map(ast.parse, self._read_sources(main).values())
        own = set()
        for tree in trees:
            for node in ast.walk(tree):
                match node:
                    case ast.FunctionDef(name=name):
                        own.add(name)
                    case ast.Assign(targets=[ast.Name(id=name)]):
                        own.add(name)
        return own

    def _find_overridden(self):
        found = {}
        for model in self.env.registry.values():
            ours = [base for base in model.__mro__ if self.is_ours(base)]
            others = [b for b in model.__mro__ if not b.__module__.startswith(OURS)]
            for definition in ours:
                path = Path(inspect.getfile(definition)).relative_to(self.addon)
                for name, attribute in vars(definition).items():
                    if (
                        name.startswith("_")
                        and inspect.isfunction(attribute)
                        and any(name in vars(base) for base in others)
                    ):
                        found.setdefault(name, set()).add(path.as_posix())
        return found

    def _find_contexts(self):
        """What of contexts changes what is done, and isn't only shown."""
        used = {}
        pattern = re.compile(
            # set: f(key=…), {"key": True}; read: a sentinel, or Odoo's own key
            r"(?:with_context|elevate)\(([^()]*(?:\([^()]*\)[^()]*)*)\)"
            r"|context\.get\(\"(\w+)\"\) is \w"
            r"|context\.get\(\"(import_\w+|fiado_keep_rank)\"\)"
            r"|^    \"(\w+)\": True,$",
            re.MULTILINE,
        )
        for file_name, text in self.sources.items():
            for match in pattern.finditer(text):
                arguments, *keys = match.groups()
                keys += re.findall(r"\b(\w+)=", arguments or "")
                for key in filter(None, keys):
                    if key not in DOCUMENTED_CONTEXT:
                        used.setdefault(key, set()).add(file_name)
        return {key: frozenset(where) for key, where in used.items()}

    def _find_imports(self):
        """What is imported from the files of Odoo's addons."""
        used = {}
        for file_name, tree in self.trees.items():
            for node in ast.walk(tree):
                match node:
                    case ast.ImportFrom(module=str(module), names=names):
                        if module.startswith("odoo.addons.") and not (
                            module.startswith(OURS)
                        ):
                            for alias in names:
                                used.setdefault(alias.name, set()).add(file_name)
        return {name: frozenset(where) for name, where in used.items()}

    # What Odoo has ------------------------------------------------------------

    def test_odoo_has_them_with_these_parameters(self):
        self.assertEqual(self.methods.keys(), self._find_methods().keys())
        for name, (owner, parameters) in self.methods.items():
            with self.subTest(name=name):
                model = self.env.registry[owner] if isinstance(owner, str) else owner
                definition = next(
                    vars(base)[name]
                    for base in reversed(model.__mro__)
                    if name in vars(base) and not base.__module__.startswith(OURS)
                )
                definition = getattr(definition, "__func__", definition)
                found = list(inspect.signature(definition).parameters)
                self.assertEqual(found[1:], parameters.split())
