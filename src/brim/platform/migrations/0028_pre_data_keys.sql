-- Keys that encrypt secrets at rest, themselves encrypted: kms_key, a key of the external key management system kms, has
-- wrapped each, and only that system unwraps it. id is derived from the key and stands in all that it has sealed. The one
-- whose seals_from_ms is the latest that has come seals, unless it is retired; all of them open. seals_from_ms lies ahead
-- of a new one for long enough that every process knows it before anybody seals with it. On a cluster this is a reference
-- table.
CREATE TABLE data_keys (
    id            text COLLATE "C" NOT NULL,
    wrapped       bytea NOT NULL,
    kms           text COLLATE "C" NOT NULL,
    kms_key       text NOT NULL,
    created_ms    bigint NOT NULL,
    seals_from_ms bigint NOT NULL,
    retired_ms    bigint,
    CONSTRAINT data_keys_pk PRIMARY KEY (id)
);
