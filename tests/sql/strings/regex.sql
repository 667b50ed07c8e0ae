SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1) AS a, regexp_extract('abc', '(\\d+)') AS b, regexp_extract('a1b2', '[a-z](\\d)', 0) AS c;
SELECT regexp_replace('100-200', '(\\d+)', 'num') AS a, regexp_replace('abc', '(b)', '<$1>') AS b, regexp_replace('aaa', 'a', 'b', 2) AS c;
SELECT regexp_extract_all('a1b22', '\\d+', 0) AS a, regexp_extract_all('k=v;x=y', '(\\w)=(\\w)', 2) AS b;
SELECT regexp_count('banana', 'an') AS a, regexp_instr('banana', 'n') AS b, regexp_substr('a12', '\\d+') AS c, regexp_substr('a', '\\d') AS d;
SELECT 'abc' RLIKE 'B' AS a, 'abc' RLIKE '(?i)B' AS b, 'a\nb' RLIKE 'a.b' AS c, '가나' RLIKE '^[가-힣]+$' AS d;
SELECT 'abc' RLIKE '(' AS bad;
SELECT regexp_extract('abc', '(a)(b)', 5) AS bad;
SELECT 'a_b' LIKE 'a\\_b' AS a, 'axb' LIKE 'a\\_b' AS b, 'ab' LIKE 'a%%b' AS c, '' LIKE '%' AS d, 'a\nb' LIKE 'a_b' AS e;
SELECT 'x' LIKE 'x\\' AS bad;
