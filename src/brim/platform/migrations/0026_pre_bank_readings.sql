-- How far each originator's incoming folder has been read: no money counts as usable, and no prenote as passed, before
-- a reading that began after its waiting time was over has found nothing against it.

-- `began_ms` is when the last complete reading of `folder` began, after which everything in it was stored; `problem` is
-- what keeps a worker from completing one, since `problem_ms`. `stated_ms` is until when a person has said that
-- everything was imported by hand. The table is new and empty, so it may be made while the earlier version serves.
CREATE TABLE bank_readings (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    originator  text COLLATE "C" NOT NULL,
    folder      text,
    began_ms    bigint,
    problem     text,
    problem_ms  bigint,
    stated_ms   bigint,
    CONSTRAINT bank_readings_pk PRIMARY KEY (account, livemode, originator),
    CONSTRAINT bank_readings_problem_has_moment CHECK ((problem IS NULL) = (problem_ms IS NULL))
);

-- Few files are held, and few breaks are open.
CREATE INDEX bank_files_held ON bank_files (account, livemode, originator, received_ms, id) WHERE status = 'held';
CREATE INDEX breaks_open_by_reference ON breaks (account, livemode, reference, opened_ms)
WHERE resolved_ms IS NULL AND reference IS NOT NULL;
