-- What the operator deals with: reports that are resolved, and jobs that were given up and are tried again.

ALTER TABLE identity.operator_acts DROP CONSTRAINT operator_acts_kind_check;
ALTER TABLE identity.operator_acts ADD CONSTRAINT operator_acts_kind_check CHECK (kind IN
    ('create', 'approve', 'reject', 'suspend', 'restore', 'password', 'block', 'unblock', 'resolve'));

CREATE INDEX jobs_given_up ON store.jobs (id) WHERE failed_at IS NOT NULL;
