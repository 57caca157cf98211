-- Legal holds: while one is in force (lifted_ms is NULL), nothing of what it covers is pruned or erased, in either mode.
-- kind says what that is: an account alone, a platform with every account below it, those of later too, or the whole
-- installation, whose account is ''. Rows stay, so that it can be told what was held when. On a cluster this is a
-- reference table.
CREATE TABLE legal_holds (
    id        text COLLATE "C" NOT NULL,
    kind      text COLLATE "C" NOT NULL,
    account   text COLLATE "C" NOT NULL,
    reason    text NOT NULL,
    reference text,
    placed_ms bigint NOT NULL,
    placed_by text NOT NULL,
    lifted_ms bigint,
    lifted_by text,
    CONSTRAINT legal_holds_pk PRIMARY KEY (id),
    CONSTRAINT legal_holds_kind CHECK (kind IN ('account', 'platform', 'installation')),
    CONSTRAINT legal_holds_account CHECK ((account = '') = (kind = 'installation')),
    CONSTRAINT legal_holds_lifted CHECK ((lifted_ms IS NULL) = (lifted_by IS NULL))
);
CREATE INDEX legal_holds_in_force ON legal_holds (account) WHERE lifted_ms IS NULL;
