"""`runtime` stands alone: it pulls in nothing of the web, the queue, or our packages above it."""

import pkgutil
import subprocess
import sys

import runtime

FOREIGN = {"django", "rq", "django_rq", "redis", "console", "jobs", "algorithms", "storage", "search"}


def test_importing_all_of_runtime_imports_nothing_above_it(root):
    names = [module.name for module in pkgutil.walk_packages(runtime.__path__, "runtime.")]
    assert {"runtime.process", "runtime.command", "runtime.environment", "runtime.workdir"} <= set(names)
    code = f"import sys, {', '.join(names)}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert FOREIGN & set(done.stdout.split()) == set()
    assert "runtime" in done.stdout.split()
