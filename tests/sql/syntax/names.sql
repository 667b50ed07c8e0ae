-- What unnamed columns are called.
SELECT 1, 'a', 1.5, NULL, true;
SELECT id + 1, id * 2, -id, id % 2 FROM range(1);
SELECT upper('a'), concat('a', 'b'), 'a' || 'b', length('x');
SELECT CAST('1' AS INT), CAST(1 AS DECIMAL(5, 2)), '1' :: INT, int('1');
SELECT CASE WHEN true THEN 1 ELSE 2 END, if(true, 1, 2), coalesce(NULL, 1);
SELECT id = 1, id <> 1, id > 0 AND id < 3, NOT (id = 1), id IN (1, 2), id BETWEEN 0 AND 1, id IS NULL FROM range(1);
SELECT count(*), count(1), count(DISTINCT id), sum(id), avg(id), max(id + 1) FROM range(1);
SELECT sum(id) OVER (ORDER BY id), row_number() OVER (PARTITION BY id ORDER BY id DESC) FROM range(1);
SELECT array(1, 2), map('a', 1), struct(1, 'b'), named_struct('x', 1).x, array(1)[0], map('a', 1)['a'];
SELECT DATE '2024-01-01', TIMESTAMP '2024-01-01 00:00:00', INTERVAL '1' DAY, X'41';
SELECT extract(YEAR FROM DATE '2024-01-01'), date_add(DATE '2024-01-01', 1), current_date() IS NULL;
SELECT (SELECT 1), EXISTS (SELECT 1), 1 IN (SELECT 1);
SELECT 'abc' LIKE 'a%', 'abc' RLIKE 'a', 'a' NOT LIKE 'b';
SELECT transform(array(1), x -> x + 1), filter(array(1), x -> x > 0);
SELECT substring('abc' FROM 2), trim(BOTH 'x' FROM 'xax'), position('a' IN 'abc'), overlay('abc' PLACING 'x' FROM 1);
SELECT nvl(1, 2), ifnull(1, 2), nullif(1, 2), date('2024-01-01'), current_user() = current_user();
