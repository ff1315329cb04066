"""A small folder of pages in the manner of a report, and the same with faults: what the rig is tried on."""

from pathlib import Path

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'"
)

_INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Report</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="page.css"></head><body>
<header><button type="button" data-theme-toggle>Dark</button></header>
<main><h1>Report</h1>
<figure><svg role="img" aria-label="Rates" width="100" height="40"><rect width="50" height="20"/></svg></figure>
<label for="find">Filter</label> <input type="search" id="find" data-filter="cells">
<div class="wide" tabindex="0" role="region" aria-label="Cells"><table id="cells"><caption>Cells</caption>
<thead><tr><th scope="col"><button type="button">Cell</button></th>
<th scope="col"><button type="button">Rate</button></th></tr></thead>
<tbody><tr id="b"><td><a href="trials/x.html#turn-1">b</a></td><td>2</td></tr>
<tr><td>a</td><td>10</td></tr><tr><td>c</td><td>1</td></tr></tbody></table></div>
{more}
</main><script src="page.js"></script></body></html>
"""
_TRIAL = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Trial</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="../page.css"></head><body><main><h1>Trial x</h1>
<p id="turn-1"><a href="../index.html#b">Back to its cell</a></p></main></body></html>
"""
_STYLE = """
:root { color-scheme: light; --ground: #fff; --ink: #111; --link: #0645ad; }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; --ground: #111; --ink: #eee; --link: #9cf; } }
:root[data-theme=dark] { color-scheme: dark; --ground: #111; --ink: #eee; --link: #9cf; }
body { background: var(--ground); color: var(--ink); } a { color: var(--link); } svg rect { fill: var(--ink); }
.wide { overflow-x: auto; }
@media print { button, input { display: none; } :root { --ground: #fff; --ink: #000; --link: #000; } }
"""
_SCRIPT = """
document.querySelector('[data-theme-toggle]').addEventListener('click', () => {
  document.documentElement.dataset.theme = 'dark';
});
const table = document.querySelector('table'), body = table.tBodies[0];
table.querySelectorAll('th button').forEach((button, column) => button.addEventListener('click', () => {
  const head = button.parentElement, up = head.getAttribute('aria-sort') !== 'ascending';
  table.querySelectorAll('th').forEach(each => each.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
  [...body.rows].sort((a, b) => (up ? 1 : -1) * a.cells[column].textContent.localeCompare(
    b.cells[column].textContent, 'en', {numeric: true})).forEach(row => body.append(row));
}));
document.querySelector('#find').addEventListener('input', event => {
  for (const row of body.rows) row.hidden = !row.textContent.includes(event.target.value);
});
"""


def write_pages(folder: Path, more: str = "", script: str = "", style: str = "", policy: str = POLICY) -> Path:
    """Write the pages; ``more`` goes into the index page, ``script`` and ``style`` behind its own."""
    (folder / "trials").mkdir(parents=True)
    (folder / "index.html").write_text(_INDEX.format(policy=policy, more=more), encoding="utf-8")
    (folder / "trials" / "x.html").write_text(_TRIAL.format(policy=policy), encoding="utf-8")
    (folder / "page.css").write_text(_STYLE + style, encoding="utf-8")
    (folder / "page.js").write_text(_SCRIPT + script, encoding="utf-8")
    return folder
