"""Answers that the twins of one address share: a page, its JSON, its CSV and its pictures are made from one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

__all__ = ["Recent"]


class Recent:
    """The answers asked for last, by what they follow from. most: how many."""

    def __init__(self, most: int = 24) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return the answer of a key, made now if it is not kept. key: all that it follows from."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        answer = make()
        with self._lock:
            self._found[key] = answer
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return answer
