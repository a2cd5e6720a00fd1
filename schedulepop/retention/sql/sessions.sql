-- Purpose: sessions that are over; whoever comes with one signs in anew. Relies on the index of expire_date.
DELETE FROM django_session
 WHERE session_key IN (SELECT session_key FROM django_session WHERE expire_date < %(at)s LIMIT %(most)s)
