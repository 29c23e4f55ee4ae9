"""What gunicorn serves: the pages over the engine that `KAWAL_*` describes."""

from __future__ import annotations

import handlers
from engine import Engine
from engine.settings import Settings
from webui.app import create_app

_settings = Settings.from_environment()
app = create_app(Engine.open(_settings, operations=handlers.operations()), settings=_settings)
