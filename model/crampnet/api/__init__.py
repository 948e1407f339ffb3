"""The library's door: load a model, describe a case, read the answer."""

from crampnet.api.answer import INSIGHTS, Answer, Why
from crampnet.api.model import Model, load_model
from crampnet.api.sensitivity import Sensitivity

__all__ = ["INSIGHTS", "Answer", "Model", "Sensitivity", "Why", "load_model"]
