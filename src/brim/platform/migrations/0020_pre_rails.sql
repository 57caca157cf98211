-- A top-up keeps the rail that collects it and the banking calendar that its date was promised by, so that a calendar
-- that is edited later does not change why. Constant defaults: no row is written.
ALTER TABLE topups ADD COLUMN rail text COLLATE "C" NOT NULL DEFAULT 'sandbox';
ALTER TABLE topups ADD COLUMN calendar text COLLATE "C";
