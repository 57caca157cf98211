-- Which person at a provider of OpenID Connect an operator is.
--
-- The table belongs to people, not to accounts, as all of 0010 does.

-- The subject that a provider knows an operator by, bound when they first sign in by it. An email address may pass to
-- somebody else at the provider; an issuer never gives a subject to two people, so from then on only that subject signs
-- in as the operator, whatever its email address is. Gone when an admin unbinds it.
CREATE TABLE operator_identities (
    operator text COLLATE "C" NOT NULL,
    issuer   text COLLATE "C" NOT NULL,
    subject  text COLLATE "C" NOT NULL,
    bound_ms bigint NOT NULL,
    CONSTRAINT operator_identities_pk PRIMARY KEY (operator),
    CONSTRAINT operator_identities_subject UNIQUE (issuer, subject),
    CONSTRAINT operator_identities_operator FOREIGN KEY (operator) REFERENCES operators
);
