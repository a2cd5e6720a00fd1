-- Purpose: whether an integration's files are uploaded by hand, so that nobody can fetch and nothing of it is ever late: as
-- `feeds.can_fetch` says of one integration. A test holds it beside every connector (`source_setting`).
CREATE OR REPLACE FUNCTION is_uploaded(connector text, config jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
  SELECT connector = 'file' AND coalesce(config ->> 'path', '') = ''
$$;
