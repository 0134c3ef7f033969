-- Lists of what the ledger's state holds, newest first: when each thing began, and in which phase it is.

CREATE FUNCTION cooperative.moment(value jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(value) = 'number' THEN value::bigint END
$$;

ALTER TABLE cooperative.slices
    ADD COLUMN began bigint GENERATED ALWAYS AS (
        coalesce(cooperative.moment(value -> 'created'), cooperative.moment(value -> 'applied'),
                 cooperative.moment(value -> 'brought'), cooperative.moment(value -> 'called'),
                 cooperative.moment(value -> 'opened'), cooperative.moment(value -> 'asked'),
                 cooperative.moment(value -> 'since'))) STORED,
    ADD COLUMN phase text GENERATED ALWAYS AS (coalesce(value ->> 'phase', value ->> 'standing')) STORED;

CREATE INDEX slices_began ON cooperative.slices (kind, began) WHERE began IS NOT NULL;
CREATE INDEX slices_phase ON cooperative.slices (kind, phase, began) WHERE began IS NOT NULL AND phase IS NOT NULL;
CREATE INDEX slices_charges ON cooperative.slices ((value ->> 'member'), began) WHERE kind = 'charge';
