"""The database: units of work, jobs written with what changed, migrations, and a PostgreSQL of our own."""
