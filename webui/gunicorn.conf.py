"""How gunicorn serves the pages of one machine.

One process with threads: SQLite has one writer anyway, and rate limits and trials live in the process. More processes
(`WEB_CONCURRENCY`) are right with PostgreSQL; then limits count per process.
"""

import os

worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
threads = 8
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000

limit_request_line = 2048
limit_request_fields = 60
limit_request_field_size = 8190

# No access log: who looked at which case is recorded by the engine, per case and hash-chained; addresses stay out of files.
accesslog = None
errorlog = "-"
loglevel = "warning"
# Only a proxy on this machine may say what the visitor's address and scheme were.
forwarded_allow_ips = "127.0.0.1,::1"
