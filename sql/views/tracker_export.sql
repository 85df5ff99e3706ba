-- The tracker as it is exported: one row per application, the 17 columns in the order of the CSV.
-- Names come from the person's own words first, then from the posting. An application that was merged into
-- another one is exported there.
CREATE OR REPLACE VIEW tracker_export AS
SELECT
    a.id                                                      AS "Application ID",
    coalesce(a.company_name, p.company)                       AS "Company Name",
    coalesce(a.job_title, p.title)                            AS "Job Title",
    a.status                                                  AS "Status",
    (a.applied_at AT TIME ZONE 'UTC')::date                   AS "Application Date",
    a.source                                                  AS "Source",
    nullif(array_to_string(p.locations, '; '), '')            AS "Job Location",
    a.job_url                                                 AS "Job URL",
    p.employment_type                                         AS "Employment Type",
    p.salary_text                                             AS "Salary Range",
    r.score                                                   AS "Analysis Match Score",
    nullif(concat_ws('; ', VARIADIC ARRAY(
        SELECT item ->> 'skill' FROM jsonb_array_elements(r.met) WITH ORDINALITY AS m (item, n) ORDER BY n
    )), '')                                                   AS "Qualifications Met",
    nullif(concat_ws('; ', VARIADIC ARRAY(
        SELECT item ->> 'skill' FROM jsonb_array_elements(r.missing) WITH ORDINALITY AS m (item, n) ORDER BY n
    )), '')                                                   AS "Qualifications Missing",
    nullif(concat_ws('; ', VARIADIC ARRAY(
        SELECT item ->> 'skill' FROM jsonb_array_elements(r.suggestions) WITH ORDINALITY AS m (item, n) ORDER BY n
    )), '')                                                   AS "Skills Suggestions",
    e.event_type                                              AS "Last Event Type",
    e.occurred_at                                             AS "Last Event Date",
    a.notes                                                   AS "Notes"
FROM applications AS a
LEFT JOIN job_postings AS p ON p.application_id = a.id
LEFT JOIN analysis_results AS r ON r.application_id = a.id AND r.is_current
LEFT JOIN LATERAL (
    SELECT t.event_type, t.occurred_at
    FROM timeline_events AS t
    WHERE t.application_id = a.id AND t.retracted_at IS NULL
    ORDER BY t.occurred_at DESC, t.seq DESC
    LIMIT 1
) AS e ON true
WHERE a.merged_into IS NULL;
