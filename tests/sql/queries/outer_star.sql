CREATE TEMPORARY VIEW l AS SELECT * FROM VALUES (1, 'x'), (2, 'y') AS t(a, b);
CREATE TEMPORARY VIEW r AS SELECT * FROM VALUES (1, 10), (2, 20) AS t(a, c);
SELECT * FROM l, LATERAL (SELECT l.* FROM r WHERE r.a = l.a) ORDER BY 1;
SELECT * FROM l, LATERAL (SELECT l.*, r.* FROM r WHERE r.a = l.a) ORDER BY 1;
SELECT * FROM l, LATERAL (SELECT l.a + r.c, upper(l.b) FROM r WHERE r.a = l.a) ORDER BY 1;
SELECT (SELECT k.* FROM r WHERE r.a = 1) FROM (SELECT b FROM l) AS k ORDER BY 1;
SELECT (SELECT nope.* FROM r LIMIT 1) FROM l;
SELECT * FROM l AS x, LATERAL (SELECT struct(x.a), x.b || '!', concat(x.b, 'z') AS named) ORDER BY 1;
