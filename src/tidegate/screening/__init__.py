"""Who is on the other side: names held against lists of parties."""
