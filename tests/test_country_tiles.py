"""The map of tiles: every country has one place of its own."""

from tidegate.catalog import load_catalog
from tidegate.catalog.tiles import country_tiles
from tidegate.data import TILES


def test_every_country_of_the_catalog_has_one_tile_and_no_tile_has_two():
    tiles = country_tiles()
    assert tiles.keys() == load_catalog().countries.keys()
    assert len(set(tiles.values())) == len(tiles)


def test_the_drawing_is_a_grid():
    lines = [line.split() for line in TILES.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len({len(line) for line in lines}) == 1
    assert all(len(code) == 2 for line in lines for code in line)


def test_neighbours_stand_in_their_order():
    tiles = country_tiles()
    for west, east in (("US", "BM"), ("ES", "IT"), ("DE", "PL"), ("IN", "BD"), ("CN", "JP"), ("KR", "JP")):
        assert tiles[west][0] < tiles[east][0]
    for north, south in (("CA", "US"), ("US", "MX"), ("DK", "DE"), ("CN", "VN"), ("EG", "ZA"), ("AU", "AQ")):
        assert tiles[north][1] < tiles[south][1]
