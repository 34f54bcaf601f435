"""Large XML files read element by element, without entities, document types or the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from tidegate.sources.list_files import ListFile, wrong

__all__ = ["elements", "local_name"]


def local_name(element: Any) -> str:  # noqa: ANN401
    """Return the name of an element without its namespace; '' for a comment or an entity."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def elements(file: ListFile, path: Path, name: str, root: str, *, with_root: bool = False) -> Iterator[Any]:
    """Yield each element of a name as it closes, and let go of it afterwards.

    name, root: local names; the namespace is left to the caller. with_root: yield the root first, as it opens.
    Raises: BadInputError: if the file is not whole XML, has another root or declares a document type.
    """
    parsing = etree.iterparse(
        file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    top = None
    inside = 0
    try:
        for event, element in parsing:
            local = local_name(element)
            if top is None:
                top = element
                document = element.getroottree().docinfo
                if document.internalDTD is not None or document.externalDTD is not None:
                    raise wrong(path, "the file declares a document type", mend="Use the file as it comes.")
                if local != root:
                    raise wrong(path, f"the root is '{local}'; '{root}' is expected")
                if with_root:
                    yield element
            if local != name:
                continue
            inside += 1 if event == "start" else -1
            if event == "end" and not inside:
                yield element
                parent = element.getparent()
                element.clear()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
    except etree.XMLSyntaxError as error:
        raise wrong(path, f"this is no whole XML: {' '.join(str(error).split())}") from None
