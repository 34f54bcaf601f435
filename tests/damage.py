"""What happens to a file on its way: cut, lines lost, doubled or moved, bytes or values changed."""

import random

from hypothesis import strategies as st


@st.composite
def damage(draw):
    """Something that happens to a file on its way: cut, lines lost, doubled or moved, bytes or values changed."""
    kind = draw(st.sampled_from(["cut", "lose", "double", "move", "bytes", "swap", "values"]))
    return kind, draw(st.integers(0, 2**32))


WRONG = [b"null", b"7", b"[]", b"{}", b'"\xe2\x80\xae"', b"true", b"[[1]]", b"-1e999"]


def damaged(raw, kind, seed):
    rng = random.Random(seed)
    lines = raw.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    if kind == "cut":
        return raw[: rng.randrange(len(raw))]
    if kind == "lose":
        return b"".join(lines[:at] + lines[at + 1 :])
    if kind == "double":
        return b"".join(lines[: at + 1] + lines[at:])
    if kind == "move":
        rng.shuffle(lines)
        return b"".join(lines)
    if kind == "bytes":
        broken = bytearray(raw)
        for _ in range(rng.randrange(1, 6)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        return bytes(broken)
    if kind == "swap":
        a, b = sorted(rng.randrange(len(raw)) for _ in range(2))
        return raw[:a] + raw[b:]
    text = raw
    for _ in range(rng.randrange(1, 4)):
        # A value of JSON, or a cell or attribute, is put in another's place.
        spots = [i for i in range(len(text) - 1) if text[i : i + 1] in b':,[;>"']
        spot = rng.choice(spots) + 1
        end = min((e for e in (text.find(c, spot) for c in (b",", b"]", b"}", b";", b"<", b'"')) if e >= 0),
                  default=len(text))  # fmt: skip
        text = text[:spot] + rng.choice(WRONG) + text[end:]
    return text
