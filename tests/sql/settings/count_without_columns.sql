SELECT count() FROM VALUES (1), (2) AS t(a);
SELECT count(DISTINCT) FROM VALUES (1), (2) AS t(a);
SET spark.sql.legacy.allowParameterlessCount = true;
SELECT count() FROM VALUES (1), (2) AS t(a);
SELECT count() FILTER (WHERE a > 1) AS n FROM VALUES (1), (2) AS t(a);
SELECT count() OVER () AS n FROM VALUES (1), (2) AS t(a);
