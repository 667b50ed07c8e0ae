-- Numbers of every width, their result types and what overflows.
SELECT 1 + 2 AS a, 1L + 2 AS b, 1.5 + 2 AS c, 1e0 + 2 AS d, CAST(1 AS TINYINT) + CAST(2 AS SMALLINT) AS e;
SELECT 7 / 2 AS a, 7 div 2 AS b, 7 % 2 AS c, -7 % 2 AS d, pmod(-7, 2) AS e, -7 div 2 AS f;
SELECT 1.10 + 2.205 AS a, 1.10 - 2.205 AS b, 1.10 * 2.205 AS c, 1.10 / 2.205 AS d, 5.5 % 2.25 AS e;
SELECT CAST(1 AS DECIMAL(38, 10)) * CAST(3 AS DECIMAL(38, 10)) AS a, CAST(10 AS DECIMAL(20, 2)) / CAST(3 AS DECIMAL(20, 4)) AS b;
SELECT 2147483647 + 1 AS overflow;
SELECT 9223372036854775807L + 1L AS overflow;
SELECT CAST(127 AS TINYINT) + CAST(1 AS TINYINT) AS overflow;
SELECT 1 / 0 AS divided;
SELECT 1 % 0 AS remainder;
SELECT try_divide(1, 0) AS a, try_add(2147483647, 1) AS b, try_subtract(1, 3) AS c, try_multiply(2147483647, 2) AS d;
SELECT 1 / NULL AS a, NULL + 1 AS b, NULL * 2.5 AS c;
SELECT -(-2147483647) AS a, - CAST(5 AS DECIMAL(3, 1)) AS b, + 3 AS c, ~ 5 AS d;
SELECT 5 & 3 AS a, 5 | 3 AS b, 5 ^ 3 AS c, shiftleft(1, 4) AS d, shiftright(-16, 2) AS e, shiftrightunsigned(-16, 28) AS f;
SELECT 0.1 + 0.2 AS a, CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE) AS b, CAST(0.1 AS FLOAT) AS c;
SELECT CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE) AS a, CAST('NaN' AS DOUBLE) > 1e308 AS b, CAST('Infinity' AS DOUBLE) AS c, -CAST('Infinity' AS FLOAT) AS d;
SELECT 1 + '2' AS a, '3' * 2.5 AS b, '10' / '4' AS c;
SELECT 1 + 'one' AS bad;
SELECT id, id * 2 - 1 AS odd FROM range(4) ORDER BY id;
