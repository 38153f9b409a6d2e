-- Failures of run :run by resource and reason, the most frequent first.
SELECT account, region, resource, reason, sum(failures) AS failures
FROM failure_by_hour
WHERE run_id = :run
GROUP BY account, region, resource, reason
ORDER BY failures DESC, resource, reason;
