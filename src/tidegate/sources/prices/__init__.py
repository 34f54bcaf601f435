"""Daily share prices from a file that the user brings: CSV or Parquet, tidy or wide, yfinance or Stooq
downloads.
"""

from tidegate.sources.prices.model import Prices, Split
from tidegate.sources.prices.read import read_prices

__all__ = ["Prices", "Split", "read_prices"]
