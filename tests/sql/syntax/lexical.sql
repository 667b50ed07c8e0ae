select 1 As One, SELECT_ FROM (SELECT 2 AS SELECT_);
SELECT /* a comment */ 1 /* nested /* deeper */ done */ AS a;
SELECT 1 -- to the end of the line
+ 1 AS two;
SELECT 'a' "b" AS joined, 'x''y' AS quote, "say ""hi""" AS d;
SELECT 1 AS `weird name`, 2 AS `back``tick`;
SELECT `한글` FROM (SELECT 1 AS `한글`);
SELECT 한글 FROM (SELECT 1 AS 한글);
SELECT 1 AS date, 2 AS timestamp, 3 AS `select`, 4 AS year, 5 AS interval;
SELECT date FROM (SELECT 1 AS date) WHERE date = 1;
SELECT T.ID FROM range(1) AS t;
SELECT 10e-1 AS a, 1.e2 AS b;
SELECT '\x41' AS a, '\101' AS b, '\%' AS c, '\\n' AS d, '\'' AS e;
SELECT !true AS a, NOT NOT true AS b, 1 != 2 AS c, 1 == 1 AS d, 3 <=> 3 AS e;
SELECT 2 + 3 * 4 - 10 / 5 AS a, (2 + 3) * 4 AS b, -2 * -3 AS c, 1 + -1 AS d, NOT 1 = 2 AND true AS e;
SELECT true OR false AND false AS a, 1 | 2 & 3 AS b, 'a' || 'b' = 'ab' AS c, 1 < 2 = true AS d;
SELECT identifier('id') FROM range(1);
SELECT 1 AS a WHERE 1 = 1;
