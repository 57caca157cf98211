-- Every account has a row of terms in each mode from its beginning on, so that a create always holds one, and a change
-- of terms or the end of an account waits for the creates under way. Version 0 says that nothing was ever changed, as
-- the lack of a row did before: processes that remember nothing of an account take its terms to be so.
ALTER TABLE owner_terms
    DROP CONSTRAINT owner_terms_version_positive,
    ADD CONSTRAINT owner_terms_version_not_negative CHECK (version >= 0);

-- A trigger, because an earlier version that still serves makes accounts, too. Both statements wait for whoever is
-- writing, so that no account and no create falls between: those begun before are seen below, later ones find the rows.
CREATE FUNCTION begin_terms() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO owner_terms (account, livemode, version)
    VALUES (new.account, false, 0), (new.account, true, 0)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER accounts_begin_terms AFTER INSERT ON accounts FOR EACH ROW EXECUTE FUNCTION begin_terms();

INSERT INTO owner_terms (account, livemode, version)
SELECT a.account, m.livemode, 0
FROM accounts AS a
CROSS JOIN (VALUES (false), (true)) AS m (livemode)
ON CONFLICT DO NOTHING;

-- Whether an account was made with a live key. One that is used in live mode is changed with live keys alone.
ALTER TABLE accounts ADD COLUMN made_live boolean NOT NULL DEFAULT false;

-- Keys that were handed out for an account after its deletion, by a login approved before, end now.
UPDATE api_keys AS k
SET expires_ms = least(k.expires_ms, a.deleted_ms)
FROM accounts AS a
WHERE a.account = k.account AND a.deleted_ms IS NOT NULL;
