"""The worker, and the functions that service tasks call: letters, notices, numbers. A client of `engine`, as the pages are."""

from handlers.desk import Desk
from handlers.registry import functions, operations
from handlers.worker import Worker

__all__ = ["Desk", "Worker", "functions", "operations"]
