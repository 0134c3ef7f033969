"""PostgreSQL's settings for a small machine, written at every start; `local.conf` beside it is the operator's."""

from pathlib import Path

from phyle.store.embedded_binaries import Binaries
from phyle.store.embedded_place import Place

NAME = "phyle.conf"
INCLUDES = f"\ninclude = '{NAME}'  # written by Phyle at every start\ninclude_if_exists = 'local.conf'  # yours\n"

_ALWAYS = """\
listen_addresses = ''               # the socket only
unix_socket_permissions = 0700
max_connections = 60
superuser_reserved_connections = 3

shared_buffers = 256MB              # reserved, not used, until data fills it; a quarter of a 1 GB machine
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
random_page_cost = 1.1              # no spinning disks
jit = off                           # compiling costs more than any of our queries
max_worker_processes = 4
max_parallel_workers_per_gather = 0 # the other core serves requests
update_process_title = off

wal_level = replica                 # online backups (pg_basebackup) stay possible
max_wal_senders = 2
max_logical_replication_workers = 0
max_wal_size = 1GB
checkpoint_timeout = 15min
client_connection_check_interval = 5s # a query ends soon after the server that asked was killed

autovacuum_naptime = 15s            # queue tables turn over quickly
autovacuum_max_workers = 2
autovacuum_vacuum_scale_factor = 0.05
autovacuum_analyze_scale_factor = 0.05
autovacuum_vacuum_cost_limit = 1000

timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on              # a week of files, each overwritten when its day comes again
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_line_prefix = '%m [%p] %q%u '
log_error_verbosity = terse          # rows that were refused are nobody's business
log_checkpoints = off
"""
_SAFE = "fsync = on\nsynchronous_commit = on          # what was accepted is never lost\n"
_UNSAFE = """\
fsync = off                         # a test's database may die with the machine
full_page_writes = off
synchronous_commit = on             # but not with a killed process
"""


def text(place: Place, binaries: Binaries, *, fsync: bool) -> str:
    """The whole file."""
    lines = [_ALWAYS, _SAFE if fsync else _UNSAFE, f"log_directory = {_quoted(place.log)}\n"]
    if binaries.major >= 18:
        lines.append("io_method = sync                    # three processes fewer\n")
    return "".join(lines)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
