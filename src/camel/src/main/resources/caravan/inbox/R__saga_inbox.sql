-- The inbox of a participant: one row for each step of a saga that it was asked to do or to undo.
--
-- One file for PostgreSQL and for H2 (2.x, any mode). It is a repeatable migration of Flyway: it has no version that
-- could collide with the participant's own, it can be added to a participant that already has migrations, and whatever
-- is added to this file later must, like the first lines, change nothing where it was applied before
-- (ALTER TABLE ... ADD COLUMN IF NOT EXISTS).
--
-- With Flyway, in the schema of the participant:
--   spring.flyway.locations: classpath:db/migration,classpath:caravan/inbox
--   spring.flyway.default-schema: payments
-- Flyway quotes the schema it creates, the inbox does not: on H2 say DATABASE_TO_LOWER=TRUE in the URL.
-- Without Flyway: run it at each start with that schema as the current one.
CREATE TABLE IF NOT EXISTS saga_inbox (
    saga_id        VARCHAR(200)             NOT NULL,
    -- the step, and for a further command of a step the step, '/' and the command
    step           VARCHAR(320)             NOT NULL,
    -- STARTED, DONE, REJECTED, BARRED, COMPENSATING, COMPENSATED or COMPLETED
    state          VARCHAR(20)              NOT NULL,
    action_command VARCHAR(200),
    -- JSON, the reply as it was sent
    action_reply   TEXT,
    -- the compensation or the completion, whichever came last
    ending_command VARCHAR(200),
    ending_reply   TEXT,
    -- an action with effects elsewhere is at work, for no longer than this
    busy_until     TIMESTAMP WITH TIME ZONE,
    created_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at     TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (saga_id, step)
);

-- For the housekeeping. On created_at because it never changes: PostgreSQL then updates a row without touching an index.
CREATE INDEX IF NOT EXISTS saga_inbox_created_at ON saga_inbox (created_at);

-- Tables of before have 120.
ALTER TABLE saga_inbox ALTER COLUMN step SET DATA TYPE VARCHAR(320);
