-- Links by which somebody chooses their own password, for who was added without one and for who has lost it.
--
-- The table belongs to people, not to accounts, as all of 0010 does.

-- The SHA-256 of the token in an operator's link: one row each at most, replaced by a newer link, gone once it is used
-- or the password was set otherwise.
CREATE TABLE operator_password_links (
    operator   text COLLATE "C" NOT NULL,
    hash       bytea NOT NULL,
    expires_ms bigint NOT NULL,
    CONSTRAINT operator_password_links_pk PRIMARY KEY (operator),
    CONSTRAINT operator_password_links_hash UNIQUE (hash),
    CONSTRAINT operator_password_links_hash_is_sha256 CHECK (octet_length(hash) = 32),
    CONSTRAINT operator_password_links_operator FOREIGN KEY (operator) REFERENCES operators
);
