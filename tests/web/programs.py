"""The programs of the test page, and the page itself, made as the site's pages are."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import markdown  # type: ignore[import-untyped]

from sessions_guide.bundle import REPOSITORY

CELLS = '''"""Four sections with one state."""

# --8<-- [start:count]
count = 1
print("count is", count)
#> count is 1
# --8<-- [end:count]

# --8<-- [start:add]
count += 1  # a comment that is not recorded output: #> 1
for number in range(count):
    print("number", number)
    #> number 0
    #> number 1
print("<b>bold</b>")
#> <b>bold</b>
# --8<-- [end:add]

# --8<-- [start:silent]
count += 1
# --8<-- [end:silent]


# --8<-- [start:fail]
# MISTAKE: nothing divides by zero.
def ratio(whole: int) -> float:
    return whole / 0


print("before")
#> before
ratio(1)
# --8<-- [end:fail]
'''

WIRE = '''"""A sign-in over the wire."""

# --8<-- [start:sign_in]
import requests
from sessions_sandbox import sandbox

tokens = sandbox.sign_in("alice@acme.test", scope="openid orders:read")
bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
print(requests.get(f"{sandbox.issuer}/v1/userinfo", headers=bearer, timeout=5).status_code)
#> 200
# --8<-- [end:sign_in]
'''

MEMORY = '''"""What the servers remember of a sign-in."""

# --8<-- [start:remember]
import requests
from sessions_sandbox import sandbox

tokens = sandbox.sign_in("alice@acme.test", client="spa")
print(tokens["expires_in"])
#> 3600
# --8<-- [end:remember]

# --8<-- [start:ask]
bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
print(requests.get(f"{sandbox.issuer}/v1/userinfo", headers=bearer, timeout=5).status_code)
#> 200
# --8<-- [end:ask]

# --8<-- [start:renew]
form = {"grant_type": "refresh_token", "client_id": sandbox.client("spa").id}
form["refresh_token"] = tokens["refresh_token"]
print(requests.post(f"{sandbox.issuer}/v1/token", form, timeout=5).status_code)
#> 200
# --8<-- [end:renew]
'''

PROGRAMS = {"play/cells.py": CELLS, "play/wire.py": WIRE, "play/memory.py": MEMORY}

BLOCKS = """
``` {{ .python .run data-file="play/cells.py" data-section="count" title="Count" }}
--8<-- "play/cells.py:count"
```

``` {{ .python .run data-file="play/cells.py" data-section="add" }}
--8<-- "play/cells.py:add"
```

``` {{ .python .run data-file="play/cells.py" data-section="silent" title="Say nothing" }}
--8<-- "play/cells.py:silent"
```

``` {{ .python .run .mistake data-file="play/cells.py" data-section="fail" title="Fail" }}
--8<-- "play/cells.py:fail"
```

``` {{ .python .run data-file="play/wire.py" data-section="sign_in" title="Sign in" }}
--8<-- "play/wire.py:sign_in"
```

``` {{ .python .run data-file="play/memory.py" data-section="remember" title="Remember" }}
--8<-- "play/memory.py:remember"
```

``` {{ .python .run data-file="play/memory.py" data-section="ask" title="Ask" }}
--8<-- "play/memory.py:ask"
```

``` {{ .python .run data-file="play/memory.py" data-section="renew" title="Renew" }}
--8<-- "play/memory.py:renew"
```

``` python
plain = "code that does not run"
token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9."
```
""".replace("{{", "{").replace("}}", "}")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Run blocks</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="assets/main.css">
<link rel="stylesheet" href="assets/palette.css">
<link rel="stylesheet" href="assets/site.css">
<link rel="stylesheet" href="assets/run.css">
<link rel="stylesheet" href="assets/editor.css">
<link rel="stylesheet" href="assets/wire.css">
<link rel="stylesheet" href="assets/laboratory.css">
<script type="module" src="assets/run/run.js"></script>
</head>
<body dir="ltr" data-md-color-scheme="default">
<main class="md-typeset">
<h1>Run blocks</h1>
<button type="button">Elsewhere</button>
{blocks}
</main>
</body>
</html>
"""

PAGE_CHANGES = """// Changes pages as a theme with navigation.instant does: new content in the same window.
const main = document.querySelector("main");
const content = main.innerHTML;
const listeners = [];
window.document$ = {
  subscribe(listener) {
    listeners.push(listener);
    listener();
  },
};
window.announcePage = () => listeners.forEach((listener) => listener());
window.changePage = () => {
  main.innerHTML = content;
  announcePage();
};
"""


def write_programs(folder: Path) -> None:
    """The programs as files below a folder."""
    for path, text in PROGRAMS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")


def write_site(site: Path, snippets: Path) -> None:
    """The page, made as the site's pages are; and once more, with page changes that are no reloads."""
    extensions = ["attr_list", "pymdownx.highlight", "pymdownx.superfences", "pymdownx.snippets"]
    settings = {
        "pymdownx.highlight": {"anchor_linenums": False, "pygments_lang_class": True},
        "pymdownx.snippets": {"base_path": [str(snippets)], "check_paths": True, "dedent_subsections": True},
    }
    page = PAGE.format(blocks=markdown.markdown(BLOCKS, extensions=extensions, extension_configs=settings))
    for name in ("site.css", "run.css", "editor.css", "wire.css", "laboratory.css"):
        shutil.copy(REPOSITORY / "docs" / "assets" / name, site / "assets")
    theme = find_spec("material")
    assert theme is not None
    assert theme.origin is not None
    for name in ("main", "palette"):
        folder = Path(theme.origin).parent / "templates" / "assets" / "stylesheets"
        (source,) = folder.glob(f"{name}.*.min.css")
        shutil.copy(source, site / "assets" / f"{name}.css")
    (site / "index.html").write_text(page, "utf-8")
    changing = page.replace("</body>", '<script src="page_changes.js"></script>\n</body>')
    (site / "changing.html").write_text(changing, "utf-8")
    (site / "page_changes.js").write_text(PAGE_CHANGES, "utf-8")
