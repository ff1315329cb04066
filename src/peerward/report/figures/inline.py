"""An SVG file as an element of a page: it takes the page's ink, and its ids and styles stay its own."""

import re
from xml.etree import ElementTree

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
FONTS = "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
"""No font is delivered with a figure; these are there."""
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_KEPT = {"fill", "stroke", "opacity", "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray",
         "stroke-dashoffset", "stroke-linejoin", "stroke-linecap", "font-size", "font-weight", "text-anchor",
         "fill-rule", "font-style"}  # fmt: skip


def inline(text: str, name: str, title: str, alt: str) -> str:
    """Return an SVG file's text as an element that can stand in a page beside others like it.

    Args:
        text: The file, as matplotlib writes it.
        name: The prefix of its ids.
        title: What is read out as its name.
        alt: What is read out as its description.
    """
    root = ElementTree.fromstring(text)
    used = _used_ids(root)
    for parent in root.iter():
        for child in [each for each in parent if each.tag in (f"{SVG}style", f"{SVG}metadata")]:
            parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(SVG)
        _tidy(element, name, used)
    box = root.attrib["viewBox"]
    root.attrib.clear()
    root.attrib.update({
        "xmlns": SVG[1:-1],
        "viewBox": box,
        "class": "figure",
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
        "font-family": FONTS,
        "stroke-linejoin": "round",
        "fill": "currentColor",
    })  # fmt: skip
    for number, (tag, words) in enumerate((("title", title), ("desc", alt))):
        element = ElementTree.Element(tag, {"id": f"{name}-{tag}"})
        element.text = words
        root.insert(number, element)
    _flatten(root)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _used_ids(root: ElementTree.Element) -> set[str]:
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(_REFERENCE.findall(value))
            if key in ("href", f"{XLINK}href"):
                used.add(value.removeprefix("#"))
    return used


def _tidy(element: ElementTree.Element, name: str, used: set[str]) -> None:
    """Style attributes become presentation attributes, ids get the prefix or go, black becomes the page's ink."""
    plain: dict[str, str] = {}
    for key, value in element.attrib.items():
        if key == "style":
            plain.update(_presentation(value))
        elif key == "id":
            if value in used:
                plain["id"] = f"{name}-{value}"
        elif key in ("href", f"{XLINK}href"):
            plain["href"] = f"#{name}-{value.removeprefix('#')}"
        else:
            plain[key] = value
    for key, value in plain.items():
        if _REFERENCE.search(value):
            plain[key] = _REFERENCE.sub(lambda match: f"url(#{name}-{match[1]})", value)
        elif key in ("fill", "stroke") and value == "#000000":
            plain[key] = "currentColor"
    if "transform" in plain:
        plain["transform"] = re.sub(r" ?rotate\(-?0 [^)]*\)", "", plain["transform"])
    element.attrib.clear()
    element.attrib.update(plain)
    element.tail = "\n" if element.tag != "text" else None
    if element.tag != "text":
        element.text = None


def _presentation(style: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in style.split(";"):
        key, _, value = (each.strip() for each in part.partition(":"))
        if key == "font":
            # The shorthand: [style] [weight] size family.
            size = re.search(r"([\d.]+px)", value)
            found["font-size"] = size[1] if size else "9px"
            if re.search(r"\b(bold|700)\b", value):
                found["font-weight"] = "bold"
        elif key in _KEPT:
            found[key] = value
    return found


def _flatten(root: ElementTree.Element) -> None:
    """Groups that say nothing give way to what they hold: a third of the bytes."""
    for parent in list(root.iter()):
        children: list[ElementTree.Element] = []
        pending = list(parent)
        while pending:
            child = pending.pop(0)
            if child.tag == "g" and not child.attrib:
                pending = list(child) + pending
            else:
                children.append(child)
        for child in list(parent):
            parent.remove(child)
        parent.extend(children)
