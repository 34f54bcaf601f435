"""What prices did around a measure: event studies tied to the ledger, session by session of each exchange."""


