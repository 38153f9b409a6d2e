-- All that happened to instance :instance of run :run, in order.
SELECT at_utc, event, resource, detail
FROM timeline_by_instance
WHERE run_id = :run AND instance_id = :instance
ORDER BY at_us;
