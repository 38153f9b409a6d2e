-- Failures of run :run in each hour since its start. An hour without failures has no row.
SELECT hour, sum(failures) AS failures
FROM failure_by_hour
WHERE run_id = :run
GROUP BY hour
ORDER BY hour;
