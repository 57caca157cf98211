-- What was imported for the wrong originator comes in for the right one, too: each knows its bank's files by their
-- content. The version before looks for content alone: where the same bytes wait for two originators while it serves
-- beside this one, it may write both rows as applied when it has applied one. No money is usable because of that.
ALTER TABLE bank_files DROP CONSTRAINT bank_files_pk;
ALTER TABLE bank_files ADD CONSTRAINT bank_files_pk PRIMARY KEY (account, livemode, sha256, originator);
