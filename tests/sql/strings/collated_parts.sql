SELECT replace('aXbxc' COLLATE UTF8_LCASE, 'X', '-') AS r, split_part('1X2x3' COLLATE UTF8_LCASE, 'x', 3) AS s, substring_index('1X2x3' COLLATE UTF8_LCASE, 'x', 2) AS i;
SELECT contains('Ünter' COLLATE UNICODE_CI, 'üN') AS c, instr('caFé' COLLATE UNICODE_CI_AI, 'FE') AS i, endswith('caFé' COLLATE UNICODE_CI_AI, 'fe') AS e, startswith('ab' COLLATE UNICODE_CI, 'B') AS s;
SELECT array_sort(array('b' COLLATE UTF8_LCASE, 'A', NULL, 'a')) AS s, array_max(array('b' COLLATE UTF8_LCASE, 'A', 'C')) AS m;
