"""Reading with a language model, where the user has one: it proposes, the text decides."""

from tidegate.claims.model.answer import ModelError
from tidegate.claims.model.reader import read_with_model
from tidegate.claims.model.settings import ModelSettings
from tidegate.claims.model.usage import Meter, Progress, Usage

__all__ = ["Meter", "ModelError", "ModelSettings", "Progress", "Usage", "read_with_model"]
