-- Purpose: what waits of an integration's older runs is superseded by this one. A run of the dates looked at dates only,
-- so a feed's plan still waits behind it (`dates`).
-- A run at once takes only the place of older ones about some of the same `people`. Relies on run_number (integration, number).
UPDATE sync_run
   SET state = CASE WHEN state IN ('planned', 'held') THEN 'superseded' ELSE state END,
       rest = CASE WHEN rest = 'waiting' THEN 'superseded' ELSE rest END
 WHERE integration_id = %(integration)s AND number < %(number)s AND (state IN ('planned', 'held') OR rest = 'waiting')
   AND (NOT %(dates)s OR trigger = 'effective')
   AND (%(people)s::text[] IS NULL OR (trigger = 'answer' AND people ?| %(people)s::text[]))
