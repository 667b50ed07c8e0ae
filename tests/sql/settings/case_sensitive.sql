-- conf: spark.sql.caseSensitive=true
SELECT a, A FROM (SELECT 1 AS a, 2 AS A);
SELECT B FROM (SELECT 1 AS b);
SELECT t.a FROM (SELECT 1 AS a) T;
SELECT s.X FROM (SELECT named_struct('x', 1) AS s);
