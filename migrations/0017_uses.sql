-- uses.

SET LOCAL lock_timeout = '20s';
