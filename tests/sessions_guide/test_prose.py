import pytest

from sessions_guide.prose import definitions, for_notebook, resolver

LESSONS = {"cookies/logout", "tokens/anatomy", "index"}


def convert(markdown: str) -> str:
    return for_notebook(markdown, resolver("cookies/logout", LESSONS), definitions(markdown))


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ("[the token](../tokens/anatomy.md)", "[the token](../tokens/anatomy.ipynb)"),
        ("[its parts](../tokens/anatomy.md#parts)", "[its parts](../tokens/anatomy.ipynb)"),
        ("[the start](../index.md)", "[the start](../index.ipynb)"),
        ("[C14](../seed.md#c14)", "C14"),
        ("[above](#above)", "above"),
        ("[`exp`\nand more](../seed.md 'Title')", "`exp`\nand more"),
        ('[RFC](https://rfc.example/7662#section-2.2 "T")', "[RFC](https://rfc.example/7662#section-2.2)"),
        ("![A flow](../assets/flow.svg)", "![A flow](../../docs/assets/flow.svg)"),
        ("![A flow](flow.svg)", "![A flow](../../docs/cookies/flow.svg)"),
        ("<https://rfc.example>", "<https://rfc.example>"),
        ("`[no](link.md)`", "`[no](link.md)`"),
        ("``a ` [no](link.md)``", "``a ` [no](link.md)``"),
        ("[`Sandbox`][sessions_sandbox.Sandbox]", "`Sandbox`"),
        ("a [x] b, [^1]", "a [x] b, [^1]"),
    ],
)
def test_links(link: str, shown: str) -> None:
    assert convert(f"See {link}, then go on.") == f"See {shown}, then go on."


def test_addresses_defined_elsewhere() -> None:
    defined = definitions("Text\n\n[RFC]: https://rfc.example 'Title'\n[seed]: <../seed.md>\n")
    assert defined == {"rfc": "https://rfc.example", "seed": "../seed.md"}
    converted = for_notebook("[the RFC][rfc], [RFC][], [the seed][seed]", resolver("a/b", LESSONS), defined)
    assert converted == "[the RFC](https://rfc.example), [RFC](https://rfc.example), the seed"


def test_definitions_do_not_show() -> None:
    assert convert("Text\n\n[RFC]: https://rfc.example 'Title'\n") == "Text"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("## Title { #title .wide }", "## Title"),
        ("[RFC](https://rfc.example){: .external target=_blank }", "[RFC](https://rfc.example)"),
        ("- [x]{ .done } `{ .kept }`", "- [x] `{ .kept }`"),
        ('{"sub": "alice"} and {a} and { a b }', '{"sub": "alice"} and {a} and { a b }'),
        ("`#!python x = 1` and `:::json {}`", "`x = 1` and `:::json {}`"),
    ],
)
def test_attribute_lists_go(markdown: str, shown: str) -> None:
    assert convert(markdown) == shown


@pytest.mark.parametrize(
    ("opening", "language"),
    [
        ("```", "```"),
        ("```json", "```json"),
        ('``` { .http title="A b" }', "```http"),
        ('~~~ python title="A"', "~~~python"),
    ],
)
def test_fences_keep_their_language_and_their_text(opening: str, language: str) -> None:
    text = "[no](link.md) { .no }\n\n!!! note"
    assert convert(f"{opening}\n{text}\n{opening[:3]}\n{{ .x }}") == f"{language}\n{text}\n{opening[:3]}"


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ('!!! note "A *title*"', "> **A *title***\n>\n"),
        ("!!! warning", "> **Warning**\n>\n"),
        ('!!! tip inline end "Aside"', "> **Aside**\n>\n"),
        ('??? note "Under the hood"', "> **Under the hood**\n>\n"),
        ('???+ note "Open"', "> **Open**\n>\n"),
        ('!!! note ""', ""),
    ],
)
def test_admonitions_become_quotes(opening: str, title: str) -> None:
    inside = "    One [C14](../seed.md).\n\n    ```http\n    GET / HTTP/1.1\n\n    a=b\n    ```"
    markdown = f"Before.\n\n{opening}\n\n{inside}\n\nAfter."
    quoted = "> One C14.\n>\n> ```http\n> GET / HTTP/1.1\n>\n> a=b\n> ```\n"
    assert convert(markdown) == f"Before.\n\n{title}{quoted}\nAfter."


def test_an_admonition_within_another_and_at_the_end() -> None:
    markdown = '!!! note "Outer"\n    Text.\n\n    !!! tip\n        Inner.'
    assert convert(markdown) == "> **Outer**\n>\n> Text.\n>\n> > **Tip**\n> >\n> > Inner."
