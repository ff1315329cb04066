"""The pages that are written from the code are as the code would write them today."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("page", ["names", "stimuli", "trials-table"])
def test_the_page_is_as_make_docs_writes_it(page: str) -> None:
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "tools" / "write_docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    assert written == getattr(module, f"{page.replace('-', '_')}_page")(), "run 'make docs'"
