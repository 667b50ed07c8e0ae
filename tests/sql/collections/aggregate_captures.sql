CREATE TEMPORARY VIEW rows AS SELECT * FROM VALUES (1, 'a', array(1)), (2, 'b', array(1, 2)), (3, 'c', array(1, 2, 3)), (4, 'd', CAST(array() AS ARRAY<INT>)), (5, 'e', array(5, 6)), (6, 'f', NULL) AS t(x, s, ys);
SELECT x, aggregate(ys, 0, (acc, v) -> acc + v * x) FROM rows ORDER BY x;
SELECT x, aggregate(ys, s, (acc, v) -> acc || s || v || x) FROM rows ORDER BY x;
SELECT x, aggregate(ys, 0, (acc, v) -> acc + v * x, acc -> acc - x) FROM rows ORDER BY x;
SELECT x, reduce(ys, 0, (acc, v) -> acc + aggregate(ys, x, (inner, w) -> inner + w * v + acc)) FROM rows ORDER BY x;
SELECT x, aggregate(ys, 0, (acc, v) -> acc + size(filter(ys, w -> w <= v + x))) FROM rows ORDER BY x;
SELECT transform(zs, z -> aggregate(z, 1, (acc, v) -> acc * v * size(z))) AS r FROM VALUES (1, array(array(12, 99), array(123, 42), array(1))), (2, array(array(6, 96, 65), array(-1, -2))), (3, array(array(17))) AS t(x, zs) ORDER BY x;
SELECT transform(zs, z -> aggregate(z, x, (acc, v) -> acc + v * x)) AS r FROM VALUES (3, array(array(1, 2, 3), array(1, 2), array(7))), (5, array(array(1, 2), array(4), NULL)) AS t(x, zs) ORDER BY x;
SELECT sum(aggregate(sequence(1, CAST(id AS INT) % 7), 0L, (acc, v) -> acc + v * id)) FROM range(1, 1000);
