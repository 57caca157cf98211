-- Reports for the month's end: what is to be made, and the files that came of it.

-- A run of a report. `due_ms` is when a worker may take it, or takes it over from one that has died; none once it has ended.
-- `attempt` counts who took it, so that a worker that was slow cannot write beside its successor. `made` is what came of it:
-- rows, totals, files with their hashes; `manifest` is the text that was signed.
CREATE TABLE report_runs (
    account     text COLLATE "C" NOT NULL,
    livemode    boolean NOT NULL,
    id          text COLLATE "C" NOT NULL,
    report_type text COLLATE "C" NOT NULL,
    parameters  jsonb NOT NULL,
    status      text COLLATE "C" NOT NULL,
    created_ms  bigint NOT NULL,
    attempt     integer NOT NULL DEFAULT 0,
    due_ms      bigint,
    ended_ms    bigint,
    error       text,
    made        jsonb,
    manifest    text,
    signature   bytea,
    CONSTRAINT report_runs_pk PRIMARY KEY (account, livemode, id),
    CONSTRAINT report_runs_status_known CHECK (status IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT report_runs_pending_is_due CHECK ((status = 'pending') = (due_ms IS NOT NULL)),
    CONSTRAINT report_runs_ended CHECK ((status = 'pending') = (ended_ms IS NULL)),
    CONSTRAINT report_runs_failed_says_why CHECK ((status = 'failed') = (error IS NOT NULL)),
    CONSTRAINT report_runs_succeeded_is_signed CHECK (
        (status = 'succeeded') = (made IS NOT NULL AND manifest IS NOT NULL AND signature IS NOT NULL)
    )
);
CREATE INDEX report_runs_due ON report_runs (due_ms, id) WHERE due_ms IS NOT NULL;
CREATE INDEX report_runs_pending ON report_runs (account, livemode, due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX report_runs_by_end ON report_runs (ended_ms) WHERE ended_ms IS NOT NULL;
-- The runs of one report, by which a run finds the one before it.
CREATE INDEX report_runs_by_type ON report_runs (account, livemode, report_type, id);

-- The files of a run, in pieces of about a megabyte, each compressed (zlib).
CREATE TABLE report_parts (
    account  text COLLATE "C" NOT NULL,
    livemode boolean NOT NULL,
    run      text COLLATE "C" NOT NULL,
    file     text COLLATE "C" NOT NULL,
    number   integer NOT NULL,
    content  bytea NOT NULL,
    CONSTRAINT report_parts_pk PRIMARY KEY (account, livemode, run, file, number),
    CONSTRAINT report_parts_file_known CHECK (file IN ('csv', 'json'))
);
ALTER TABLE report_parts ALTER COLUMN content SET STORAGE EXTERNAL;
