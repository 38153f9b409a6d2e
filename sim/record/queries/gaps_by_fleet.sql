-- Gaps of run :run by fleet while instances ran: how many, and how long.
SELECT account, region, resource, sum(gaps) AS gaps, sum(open) AS still_open,
       sum(duration_us) / 1e6 AS seconds, max(longest_us) / 1e6 AS longest_seconds
FROM gap_by_resource
WHERE run_id = :run AND NOT stopped
GROUP BY account, region, resource
ORDER BY seconds DESC;
